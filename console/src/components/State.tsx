import { Alert, Button, Center, Skeleton, Stack, Text, Title } from "@mantine/core"
import { IconAlertTriangle, IconLock } from "@tabler/icons-react"
import type { ReactNode } from "react"
import { ApiError } from "../api/client.ts"

export interface Loadable<T> {
  readonly data: T | undefined
  readonly error: Error | null
  readonly isPending: boolean
  refetch(): unknown
}

export interface StateProps<T> {
  readonly of: Loadable<T>
  readonly isEmpty?: (data: T) => boolean
  readonly empty?: ReactNode
  readonly children: (data: T) => ReactNode
}

/** Draws what is loading, empty, failed or denied; the rest is the caller's. */
export function State<T>({ of, isEmpty, empty, children }: StateProps<T>) {
  if (of.data !== undefined) {
    if (isEmpty?.(of.data)) return <Center mih={220}>{empty}</Center>
    return (
      <>
        {of.error !== null && <Failure error={of.error} onRetry={() => of.refetch()} />}
        {children(of.data)}
      </>
    )
  }
  if (of.isPending) {
    return (
      <Stack gap="xs" aria-busy="true" aria-label="Loading" data-testid="loading">
        {[0, 1, 2, 3, 4, 5].map((line) => (
          <Skeleton key={line} height={28} />
        ))}
      </Stack>
    )
  }
  return <Failure error={of.error} onRetry={() => of.refetch()} />
}

function Failure({ error, onRetry }: { readonly error: Error | null; readonly onRetry: () => void }) {
  const denied = error instanceof ApiError && error.status === 403
  return (
    <Alert
      mb="md"
      role="alert"
      color={denied ? "gray" : "red"}
      icon={denied ? <IconLock /> : <IconAlertTriangle />}
      title={denied ? "You may not see this" : "This could not be loaded"}
    >
      <Text size="sm" mb={denied ? 0 : "xs"}>
        {error?.message ?? "Unknown error"}
      </Text>
      {!denied && (
        <Button size="xs" variant="light" color="red" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}

export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <Stack align="center" gap={6} maw={460}>
      {icon}
      <Title order={4}>{title}</Title>
      <Text c="dimmed" size="sm" ta="center">
        {children}
      </Text>
    </Stack>
  )
}
