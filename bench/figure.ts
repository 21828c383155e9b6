/** What a benchmark says. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
}

export type Bench = (onProgress: (text: string) => void) => Promise<readonly Figure[]>
