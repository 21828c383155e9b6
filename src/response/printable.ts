export { printableBytes, printableText } from "../core/index.ts"
