import { Group, Text, Title } from "@mantine/core"
import type { ReactNode } from "react"

export interface SectionProps {
  readonly title: string
  readonly id?: string
  readonly about?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Section({ title, id, about, actions, children }: SectionProps) {
  return (
    <section aria-label={title} id={id}>
      <Group gap="sm" mb={4}>
        <Title order={3} size="h5" tt="capitalize">
          {title}
        </Title>
        {actions}
      </Group>
      {about !== undefined && (
        <Text size="sm" c="dimmed" mb={6} style={{ overflowWrap: "anywhere" }}>
          {about}
        </Text>
      )}
      {children}
    </section>
  )
}
