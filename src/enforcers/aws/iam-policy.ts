export interface IamStatement {
  readonly Sid: string
  readonly Effect: "Allow"
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
}

/** What an IAM identity is given, in IAM's own form. */
export interface IamPolicy {
  readonly Version: "2012-10-17"
  readonly Statement: readonly IamStatement[]
}

export function iamPolicyOf(...statements: readonly (readonly IamStatement[])[]): IamPolicy {
  return { Version: "2012-10-17", Statement: statements.flat() }
}

/** That these actions of a service may be done to these resources. */
export function allowing<Action extends string>(service: string) {
  return (Sid: string, actions: readonly Action[], Resource: readonly string[]): IamStatement => ({
    Sid,
    Effect: "Allow",
    Action: actions.map((action) => `${service}:${action}`),
    Resource,
  })
}
