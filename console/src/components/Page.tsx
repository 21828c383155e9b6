import { Group, Stack, Text, Title } from "@mantine/core"
import type { ReactNode } from "react"

export interface PageProps {
  readonly title: ReactNode
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, about, actions, children }: PageProps) {
  return (
    <Stack gap="md" maw={1320}>
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: "1 1 260px" }}>
          <Title order={2} size="h3">
            {title}
          </Title>
          {about !== undefined && (
            <Text c="dimmed" size="sm" component="div">
              {about}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  )
}
