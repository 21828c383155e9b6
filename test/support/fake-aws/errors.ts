/** What the server answers instead of a result: the name, message and further members as the real one gives them. */
export class AwsError extends Error {
  readonly type: string
  readonly status: number
  readonly members: Readonly<Record<string, string>>

  constructor(
    type: string,
    message: string,
    {
      status = 400,
      members = {},
    }: { readonly status?: number; readonly members?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.type = type
    this.status = status
    this.members = members
  }
}

export function invalidParameter(field: string, parameter: string, reason: string): AwsError {
  return new AwsError(
    "WAFInvalidParameterException",
    `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`,
    { members: { Field: field, Parameter: parameter, Reason: reason } },
  )
}

export const nonexistent = () =>
  new AwsError(
    "WAFNonexistentItemException",
    "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
  )
export const staleLock = () =>
  new AwsError(
    "WAFOptimisticLockException",
    "AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.",
  )
export const limitsExceeded = (what: string) =>
  new AwsError(
    "WAFLimitsExceededException",
    `AWS WAF couldn’t perform the operation because you exceeded your resource limit: ${what}.`,
  )
export const duplicate = () =>
  new AwsError(
    "WAFDuplicateItemException",
    "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.",
  )
export const associated = () =>
  new AwsError(
    "WAFAssociatedItemException",
    "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.",
  )
export const unavailable = () =>
  new AwsError(
    "WAFUnavailableEntityException",
    "AWS WAF couldn’t retrieve a resource that you requested. Retry your request.",
  )
