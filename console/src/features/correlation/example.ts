export const exampleRule = `rules:
  - id: local/scan-then-exploitation
    title: An address that scanned exploits something
    window: 1h
    stages:
      - { name: scan, intents: [reconnaissance], count: 3 }
      - { name: exploitation, intents: [exploitation] }
`
