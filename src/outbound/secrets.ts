import { z } from "zod"

/** Where a secret stands: `{ env: NAME }` or `{ file: /run/secrets/name }`. It never stands in the configuration itself. */
export const secretRef = z.union(
  [z.strictObject({ env: z.string().min(1).max(200) }), z.strictObject({ file: z.string().min(1).max(1000) })],
  { error: "a secret is { env: NAME } or { file: PATH }, so that it stands in no configuration" },
)
export type SecretRef = z.infer<typeof secretRef>

/** A text that shows itself only when it is asked to. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return "***"
  }

  toJSON(): string {
    return "***"
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "***"
  }
}

export interface SecretDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => string
}

/** Resolves secrets, and knows them again where somebody else wrote them into a text. */
export interface Secrets {
  /** Throws with what is missing and where it was looked for. */
  resolve(ref: SecretRef): Secret
  hide(text: string): string
}

// Shorter ones would turn up in any text.
const leastHidden = 6

export function createSecrets({ env, readFile }: SecretDeps): Secrets {
  const known = new Set<string>()
  const read = (ref: SecretRef): string => {
    if ("env" in ref) {
      const value = env[ref.env]?.trim()
      if (value === undefined || value === "") throw new Error(`the environment variable ${ref.env} is not set`)
      return value
    }
    let value: string
    try {
      value = readFile(ref.file).trim()
    } catch (error) {
      throw new Error(`the file ${ref.file} can't be read`, { cause: error })
    }
    if (value === "") throw new Error(`the file ${ref.file} is empty`)
    return value
  }
  return {
    resolve: (ref) => {
      const value = read(ref)
      for (const part of [value, ...value.split(/\s+/), ...pathOf(value)])
        if (part.length >= leastHidden) known.add(part)
      return new Secret(value)
    },
    hide: (text) => {
      let hidden = text
      for (const value of known) hidden = hidden.replaceAll(value, "***")
      return hidden
    },
  }
}

/** What is secret of an address may be said without the rest of it. */
function pathOf(value: string): readonly string[] {
  if (!URL.canParse(value)) return []
  const { pathname, search } = new URL(value)
  return [pathname.slice(1), search.slice(1), pathname.split("/").at(-1) ?? ""]
}
