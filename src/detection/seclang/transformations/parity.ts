import type { Latin1 } from "../../../core/index.ts"
import type { TransformationDefinition } from "./transformation.ts"

const mapBytes = (value: Latin1, map: (byte: number) => number) => Buffer.from(value, "latin1").map(map)

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1")

function isOdd(byte: number): boolean {
  let bits = byte & 0x7f
  bits ^= bits >> 4
  bits ^= bits >> 2
  bits ^= bits >> 1
  return (bits & 1) === 1
}

export const parityEven7bit: TransformationDefinition = {
  name: "parityEven7bit",
  touches: null,
  apply: (value) => latin1(mapBytes(value, (byte) => (isOdd(byte) ? byte | 0x80 : byte & 0x7f))),
}

export const parityOdd7bit: TransformationDefinition = {
  name: "parityOdd7bit",
  touches: null,
  apply: (value) => latin1(mapBytes(value, (byte) => (isOdd(byte) ? byte & 0x7f : byte | 0x80))),
}

export const parityZero7bit: TransformationDefinition = {
  name: "parityZero7bit",
  touches: /[\x80-\xff]/,
  apply: (value) => latin1(mapBytes(value, (byte) => byte & 0x7f)),
}
