import type { TransformationDefinition } from "./transformation.ts"

/** Undoes what shells ignore: drops \ " ' ^, makes blanks, commas and semicolons one space, drops it before / and (, lower case. */
export const cmdLine: TransformationDefinition = {
  name: "cmdLine",
  touches: /[\\"'^\t\r\n,;A-Z]| [ /(]/,
  lowersCase: true,
  apply: (value) =>
    value
      .replace(/[\\"'^]+/g, "")
      .replace(/[ \t\r\n,;]+/g, " ")
      .replace(/ ([/(])/g, "$1")
      .replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
}
