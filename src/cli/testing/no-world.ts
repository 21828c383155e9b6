import type { CliDeps } from "../deps.ts"

export interface Spoken {
  out: string
  err: string
}

/** Dependencies of a command line that touches nothing; tests put in what they need, and read what was said. */
export function noWorld(overrides: Partial<CliDeps> = {}, said: Spoken = { out: "", err: "" }): CliDeps {
  const absent = () => Promise.reject(new Error("this test has no such thing"))
  const refuse = () => {
    throw new Error("this test has no such thing")
  }
  return {
    out: {
      write: (text) => {
        said.out += text
      },
      isTty: false,
      columns: 100,
    },
    err: {
      write: (text) => {
        said.err += text
      },
      isTty: false,
      columns: 100,
    },
    confirm: async () => undefined,
    env: {},
    now: () => 1_700_000_000_000,
    fetch: absent,
    localServer: async () => undefined,
    serve: absent,
    replay: absent,
    doctor: async () => [],
    proxy: absent,
    rules: {
      check: refuse,
      test: refuse,
      inspect: refuse,
      fetch: absent,
      readInput: absent,
    },
    events: {
      check: refuse,
      clone: refuse,
      test: absent,
    },
    aws: {
      iamPolicy: refuse,
      check: absent,
    },
    correlation: { check: refuse },
    vulnerabilities: { read: absent },
    playbooks: {
      check: refuse,
      isFile: () => false,
      read: refuse,
    },
    ...overrides,
  }
}
