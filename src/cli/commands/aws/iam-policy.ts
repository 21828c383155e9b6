import { ThwartError } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"

interface Flags {
  readonly webAcl?: string[]
  readonly networkAcl?: string[]
  readonly namePrefix: string
}

export const iamPolicy: AddCommand = (program, run) => {
  program
    .command("iam-policy")
    .description(
      "print the least IAM policy that Thwart needs to hold addresses back at these web ACLs and network ACLs",
    )
    .option("--web-acl <arns...>", "the ARNs of the web ACLs")
    .option("--network-acl <arns...>", "the ARNs of the network ACLs")
    .option("--name-prefix <prefix>", "how the names of Thwart's own IP sets begin", "thwart")
    .addHelpText(
      "after",
      examples(
        "thwart aws iam-policy --web-acl arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/ID > policy.json",
        "aws iam create-policy --policy-name thwart --policy-document file://policy.json",
      ),
    )
    .action(
      run(async (context, { webAcl = [], networkAcl = [], namePrefix }: Flags) => {
        if (webAcl.length + networkAcl.length === 0)
          throw new ThwartError("THWART_USAGE", "give --web-acl or --network-acl with ARNs")
        const policy = context.deps.aws.iamPolicy({ webAcls: webAcl, networkAcls: networkAcl }, namePrefix)
        if (context.json) context.printJson(policy)
        else context.print(`${JSON.stringify(policy, null, 2)}\n`)
      }),
    )
}
