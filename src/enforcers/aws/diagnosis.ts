import { messageOf, ThwartError } from "../../core/index.ts"
import { awsErrorIn } from "./call.ts"

/** What is worked on, for messages. */
export interface AwsSubject {
  /** Such as `AWS WAF, web ACL shop`. */
  readonly title: string
  readonly service: string
  readonly region: string
  /** What to say when it is not there. */
  readonly absent: string
  /** The command that prints the policy that is needed. */
  readonly policyCommand: string
}

const absences = ["WAFNonexistentItemException", "InvalidNetworkAclID.NotFound", "InvalidNetworkAclID.Malformed"]

/** What went wrong, and what to do about it, as people need it. */
export function diagnose(thrown: unknown, { service, region, absent, policyCommand }: AwsSubject): string {
  const error = awsErrorIn(thrown)
  if (error === undefined) return messageOf(thrown)
  const said = error.message
  const denied = /not authorized to perform: (\S+)(?: on resource: (\S+))?/.exec(said)
  if (["AccessDeniedException", "UnauthorizedOperation"].includes(error.name) || denied !== null)
    return `the permission ${denied?.[1] ?? "(AWS does not say which)"} is missing${denied?.[2] ? ` on ${denied[2]}` : ""}; "${policyCommand}" prints all that are needed (AWS said: ${said})`
  if (absences.includes(error.name)) return absent
  switch (error.name) {
    case "CredentialsProviderError":
      return "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role"
    case "AuthFailure":
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
      return `AWS does not know the credentials (${said}); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that the clock is right`
    case "ExpiredTokenException":
    case "ExpiredToken":
    case "RequestExpired":
      return `the AWS credentials have expired (${said}); sign in again, or use a role`
    case "ThrottlingException":
    case "RequestLimitExceeded":
      return `AWS takes no more calls for the moment (${said}); something else may be changing ${service} in this account and region`
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ECONNREFUSED":
    case "ETIMEDOUT":
    case "TimeoutError":
      return `${service} in ${region} can't be reached (${said}); is "${region}" a region, and does the network let this machine out?`
    default:
      return `AWS answered ${error.name}: ${said}`
  }
}

export function awsFailure(thrown: unknown, subject: AwsSubject): ThwartError {
  if (thrown instanceof ThwartError) return thrown
  // What AWS said stands in the diagnosis.
  const isAws = awsErrorIn(thrown) !== undefined
  return new ThwartError(
    "THWART_AWS_FAILED",
    `${subject.title}: ${isAws ? diagnose(thrown, subject) : "it failed"}`,
    isAws ? {} : { cause: thrown },
  )
}
