import { AwsError } from "./errors.ts"

export interface IamPolicy {
  readonly Version: string
  readonly Statement: readonly {
    readonly Sid?: string
    readonly Effect: string
    readonly Action: string | readonly string[]
    readonly Resource: string | readonly string[]
  }[]
}

/** Throws AccessDeniedException, worded as the real one, unless the policy allows the action on every resource. */
export function requirePermission(policy: IamPolicy | null, action: string, resources: readonly string[]): void {
  if (policy === null) return
  for (const resource of resources)
    if (!allows(policy, action, resource))
      throw new AwsError(
        "AccessDeniedException",
        `User: arn:aws:iam::111122223333:user/thwart is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
      )
}

function allows({ Statement }: IamPolicy, action: string, resource: string): boolean {
  return Statement.some(
    ({ Effect, Action, Resource }) =>
      Effect === "Allow" &&
      [Action].flat().some((pattern) => matches(pattern, action)) &&
      [Resource].flat().some((pattern) => matches(pattern, resource)),
  )
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
  return new RegExp(`^${source}$`).test(text)
}
