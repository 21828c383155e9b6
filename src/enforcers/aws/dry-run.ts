import type { AwsApi, AwsCall } from "./call.ts"
import { text } from "./json.ts"
import { isChange } from "./pace.ts"

/** Reads are made; changes are shown instead, and answered as if they had gone well. */
export function createDryRunApi<Action extends string>(
  api: AwsApi<Action>,
  show: (call: AwsCall<Action>) => void,
): AwsApi<Action> {
  return async (call, signal) => {
    if (!isChange(call.action)) return api(call, signal)
    show(call)
    const name = text(call.input.Name)
    return {
      NextLockToken: "dry-run",
      Summary: { Name: name, Id: "dry-run", ARN: `arn:dry-run/ipset/${name}/dry-run`, LockToken: "dry-run" },
    }
  }
}
