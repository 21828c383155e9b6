/** A set of byte values: 256 flags. */
export type ByteSet = Uint8Array

export function bytesOf(...members: readonly (number | readonly [from: number, to: number])[]): ByteSet {
  const set = new Uint8Array(256)
  for (const member of members) {
    if (typeof member === "number") set[member] = 1
    else set.fill(1, member[0], member[1] + 1)
  }
  return set
}

export const everyByte: ByteSet = bytesOf([0, 255])
export const digits: ByteSet = bytesOf([48, 57])
export const wordBytes: ByteSet = bytesOf([48, 57], [65, 90], 95, [97, 122])
/** PCRE's `\s`; unlike JavaScript's it has no 0xA0. */
export const blanks: ByteSet = bytesOf([9, 13], 32)
export const horizontalBlanks: ByteSet = bytesOf(9, 32, 0xa0)
export const verticalBlanks: ByteSet = bytesOf([10, 13], 0x85)

export const complement = (set: ByteSet): ByteSet => set.map((flag) => 1 - flag)

export function union(...sets: readonly ByteSet[]): ByteSet {
  const all = new Uint8Array(256)
  for (const set of sets) for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) all[byte] = 1
  return all
}

/** With the other case of every ASCII letter; PCRE knows no other letters when it matches bytes. */
export function caseless(set: ByteSet): ByteSet {
  const both = set.slice()
  for (let upper = 65; upper <= 90; upper++) {
    if (set[upper] === 1 || set[upper + 32] === 1) both[upper] = both[upper + 32] = 1
  }
  return both
}

export function membersOf(set: ByteSet): readonly number[] {
  const members: number[] = []
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) members.push(byte)
  return members
}
