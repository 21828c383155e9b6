/** What a benchmark says. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** Its name in `--json`, where others read it. */
  readonly key?: string
}

export type Bench = (onProgress: (text: string) => void) => Promise<readonly Figure[]>
