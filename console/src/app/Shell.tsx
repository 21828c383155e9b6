import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Group,
  Loader,
  Menu,
  Modal,
  NavLink,
  Table,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import { IconKeyboard, IconLogout, IconMoon, IconShieldBolt, IconSun, IconUser } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, Navigate, Outlet, useNavigate, useRouterState } from "@tanstack/react-router"
import { useCallback, useState } from "react"
import { api } from "../api/client.ts"
import { type Liveness, useEvents } from "../api/events.ts"
import { me, recommendations } from "../api/queries.ts"
import { may, places } from "./navigation.tsx"
import { useShortcuts } from "./shortcuts.ts"

export function Shell() {
  const who = useQuery(me)
  if (who.isPending) return <Loader m="xl" aria-label="Loading" />
  if (who.data === undefined || who.data.mustChangePassword) return <Navigate to="/sign-in" />
  return <SignedIn />
}

function SignedIn() {
  const who = useQuery(me).data
  const [opened, { toggle, close }] = useDisclosure()
  const [helping, help] = useDisclosure()
  const [announced, setAnnounced] = useState("")
  const liveness = useEvents(useCallback((title: string) => setAnnounced(`New incident: ${title}`), []))
  const path = useRouterState({ select: (state) => state.location.pathname })
  const navigate = useNavigate()
  useShortcuts({ onGo: (to) => void navigate({ to }), onHelp: help.toggle })

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 270, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <VisuallyHidden aria-live="polite">{announced}</VisuallyHidden>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between">
          <Group gap="xs">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <IconShieldBolt size={22} color="var(--mantine-primary-color-filled)" aria-hidden />
            <Text fw={700} size="lg">
              Thwart
            </Text>
          </Group>
          <Group gap="sm">
            <Live liveness={liveness} />
            <Tooltip label="Keyboard shortcuts (?)">
              <ActionIcon variant="subtle" color="gray" aria-label="Keyboard shortcuts" onClick={help.open}>
                <IconKeyboard size={18} />
              </ActionIcon>
            </Tooltip>
            <SchemeToggle />
            <Account name={who?.name ?? ""} role={who?.role ?? ""} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <nav aria-label="Main">
          {places
            .filter(({ needs }) => may(who, needs))
            .map(({ to, label, icon }) => (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={label}
                leftSection={icon}
                rightSection={to === "/recommendations" && <PendingBadge />}
                active={to === "/" ? path === "/" : path.startsWith(to)}
                onClick={close}
              />
            ))}
        </nav>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <ShortcutHelp opened={helping} onClose={help.close} />
    </AppShell>
  )
}

/** How much waits for a decision. */
function PendingBadge() {
  const items = useQuery(recommendations).data?.items ?? []
  const pending = items.reduce((sum, one) => sum + one.pending, 0)
  if (pending === 0) return null
  return (
    <Badge size="sm" variant="filled" color="red" tt="none" aria-label={`${pending} wait for a decision`}>
      {pending > 999 ? "999+" : pending}
    </Badge>
  )
}

function Live({ liveness }: { readonly liveness: Liveness }) {
  const [color, text] = {
    live: ["#12b76a", "Live"],
    connecting: ["#98a2b3", "Connecting"],
    lost: ["#f04438", "Connection lost, trying again"],
  }[liveness] as [string, string]
  return (
    <Group gap={6} role="status">
      <span className="live-dot" style={{ background: color }} aria-hidden />
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </Group>
  )
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme("light") === "dark"
  return (
    <Tooltip label={dark ? "Light colours" : "Dark colours"}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={dark ? "Light colours" : "Dark colours"}
        onClick={() => setColorScheme(dark ? "light" : "dark")}
      >
        {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  )
}

function Account({ name, role }: { readonly name: string; readonly role: string }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const signOut = async () => {
    await api("DELETE", "/session").catch(() => undefined)
    client.clear()
    await navigate({ to: "/sign-in" })
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="light" color="gray" aria-label={`Signed in as ${name}`}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}, {role}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function ShortcutHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const rows = [
    ...places.map(({ key, label }) => [`g ${key}`, label] as const),
    ["j / k", "Next and previous row"] as const,
    ["Enter", "Open the row"] as const,
    ["?", "This help"] as const,
  ]
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ "aria-label": "Close" }}>
      <Table>
        <Table.Tbody>
          {rows.map(([key, label]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <kbd>{key}</kbd>
              </Table.Td>
              <Table.Td>{label}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
