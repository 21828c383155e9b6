/** A web ACL's place, as its ARN says it. */
export interface WebAclArn {
  readonly arn: string
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly scope: "REGIONAL" | "CLOUDFRONT"
  readonly name: string
  readonly id: string
}

const pattern =
  /^arn:(aws[\w-]*):wafv2:([a-z]{2}(?:-[a-z]+)+-\d+):(\d{12}):(regional|global)\/webacl\/([\w-]{1,128})\/([\w-]{1,64})$/

const example = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/0f3c…"

/** Undefined reason: it is one. */
export function parseWebAclArn(
  text: string,
): { readonly kind: "ok"; readonly value: WebAclArn } | { readonly kind: "bad"; readonly reason: string } {
  const [, partition, region, account, place, name, id] = pattern.exec(text) ?? []
  if (!partition || !region || !account || !name || !id)
    return { kind: "bad", reason: `"${text}" is not the ARN of a web ACL (such as ${example})` }
  // The service keeps everything of CloudFront in this one region.
  if (place === "global" && partition === "aws" && region !== "us-east-1")
    return {
      kind: "bad",
      reason: `"${text}" is a web ACL of CloudFront (global), and those are in us-east-1, not in ${region}`,
    }
  const scope = place === "global" ? "CLOUDFRONT" : "REGIONAL"
  return { kind: "ok", value: { arn: text, partition, region, account, scope, name, id } }
}

/** What stands before the name in the ARNs of this web ACL's neighbours. */
export function placeOf({ partition, region, account, scope }: WebAclArn): string {
  return `arn:${partition}:wafv2:${region}:${account}:${scope === "CLOUDFRONT" ? "global" : "regional"}`
}
