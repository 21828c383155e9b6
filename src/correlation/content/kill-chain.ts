/**
 * The chain that most intrusions through a public service follow: Lockheed Martin's Cyber Kill Chain from its first to its sixth
 * step; MITRE ATT&CK TA0043 → TA0001/TA0002 → TA0003 → TA0011. It is entered at any stage: who exploits without a scan is no friend.
 */
export const killChain = `
rules:
  - id: thwart/kill-chain
    title: Attack chain in progress
    description: One attacker scans, exploits what was found, installs something that stays, and takes command of it.
    join: source
    order: ordered
    startsAt: any
    window: 1h
    late: 30s
    opensAt: 2
    severities: [high, critical]
    stages:
      - name: scan
        intents: [reconnaissance]
      - name: exploitation
        intents: [weaponization, delivery, exploitation]
      - name: installation
        intents: [installation]
      - name: command and control
        intents: [command-and-control, actions-on-objectives]
`
