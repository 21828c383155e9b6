import { z } from "zod"

/** A network ACL's place, as its ARN says it. */
export interface NetworkAclArn {
  readonly arn: string
  readonly region: string
  readonly id: string
}

const pattern = /^arn:aws[\w-]*:ec2:([a-z]{2}(?:-[a-z]+)+-\d+):\d{12}:network-acl\/(acl-[0-9a-f]{1,32})$/
const example = "arn:aws:ec2:eu-central-1:111122223333:network-acl/acl-0f3c…"

const networkAcl = z.string().transform((arn, context): NetworkAclArn => {
  const [, region, id] = pattern.exec(arn) ?? []
  if (region !== undefined && id !== undefined) return { arn, region, id }
  context.issues.push({
    code: "custom",
    message: `"${arn}" is not the ARN of a network ACL (such as ${example})`,
    input: arn,
  })
  return z.NEVER
})

const ruleNumber = z.int().min(1).max(32_766)

/** The settings of the network ACL enforcer in `thwart.yaml`. */
export const awsNaclConfig = z.strictObject({
  kind: z.literal("aws-nacl"),
  networkAcls: z.array(networkAcl).min(1).max(50),
  /** Numbers that are Thwart's: deny entries for all protocols in it are taken for its own. They have to come before what allows. */
  ruleNumbers: z
    .strictObject({ from: ruleNumber, to: ruleNumber })
    .refine(({ from, to }) => from <= to, "from is behind to")
    .default({ from: 1, to: 80 }),
  /** Entries for each direction and family that the account may have in a network ACL, the default deny among them. */
  quota: z.int().min(2).max(40).default(20),
  /** Show each call that would change something, and change nothing. */
  dryRun: z.boolean().default(false),
})

export type AwsNaclConfig = z.infer<typeof awsNaclConfig>
export type AwsNaclSettings = Omit<AwsNaclConfig, "kind" | "networkAcls">
