import "@xyflow/react/dist/base.css"
import { useMantineColorScheme } from "@mantine/core"
import { type BuiltInEdge, Handle, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react"
import { useMemo } from "react"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { Time } from "../../components/Time.tsx"
import { type Cut, killChainLayout, type Lane, type Step } from "./kill-chain-layout.ts"

type Detail = Pick<IncidentDetail, "incident" | "alerts" | "countermeasures">
type LaneNode = Node<{ readonly lane: Lane; readonly width: number }, "lane">
type StepNode = Node<{ readonly step: Step }, "step">
type CutNode = Node<{ readonly cut: Cut }, "cut">

const size = { lane: 84, column: 188, first: 178, box: 150, margin: 8 } as const

/** The attack as a graph: the attacker and nodes are lanes, stages are steps in time, countermeasures stand where they cut it. */
export function KillChain(detail: Detail) {
  const { colorScheme } = useMantineColorScheme()
  const layout = useMemo(() => killChainLayout(detail), [detail])
  const { nodes, edges } = useMemo(() => graphOf(layout), [layout])
  const { hidden, lanes } = layout
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section className="kill-chain" tabIndex={0} aria-label="Kill chain">
        <div
          role="img"
          aria-label={`Kill chain: ${layout.steps.length} steps over ${lanes.length - 1} nodes, cut by ${layout.cuts.length} countermeasures`}
          style={{ height: lanes.length * size.lane + 2 * size.margin, minWidth: widthOf(layout) + 2 * size.margin }}
        >
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            colorMode={colorScheme === "auto" ? "system" : colorScheme}
            defaultViewport={{ x: size.margin, y: size.margin, zoom: 1 }}
            // It has its own size, and the page scrolls it: nothing is caught that is meant for the page.
            panOnDrag={false}
            zoomOnScroll={false}
            zoomOnPinch={false}
            zoomOnDoubleClick={false}
            preventScrolling={false}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
          />
        </div>
      </section>
      {(hidden.nodes > 0 || hidden.cuts > 0) && (
        <p className="kill-chain-more">
          {[
            hidden.nodes > 0 ? `${hidden.nodes} more nodes` : undefined,
            hidden.cuts > 0 ? `${hidden.cuts} more countermeasures` : undefined,
          ]
            .filter((part) => part !== undefined)
            .join(" and ")}{" "}
          are not drawn.
        </p>
      )}
    </>
  )
}

const widthOf = ({ columns }: { readonly columns: number }) => size.first + columns * size.column

function graphOf({ lanes, steps, cuts, links, columns }: ReturnType<typeof killChainLayout>) {
  const at = (column: number, lane: number) => ({ x: size.first + column * size.column, y: lane * size.lane })
  const width = widthOf({ columns })
  const nodes: (LaneNode | StepNode | CutNode)[] = [
    ...lanes.map(
      (lane, index): LaneNode => ({
        id: lane.id === "attacker" ? "attacker" : `lane ${lane.id}`,
        type: "lane",
        position: { x: 0, y: index * size.lane },
        data: { lane, width },
        zIndex: 0,
      }),
    ),
    ...steps.map(
      (step): StepNode => ({
        id: step.id,
        type: "step",
        position: at(step.column, step.lane),
        data: { step },
        zIndex: 2,
      }),
    ),
    ...cuts.map(
      (cut): CutNode => ({ id: cut.id, type: "cut", position: at(cut.column, cut.lane), data: { cut }, zIndex: 2 }),
    ),
  ]
  const edges = links.map(
    ({ from, to, isCut }): BuiltInEdge => ({
      id: `${from} ${to}`,
      source: from,
      target: to,
      type: "smoothstep",
      pathOptions: { offset: 14 },
      zIndex: 1,
      className: isCut ? "kill-chain-cut" : "kill-chain-link",
    }),
  )
  return { nodes, edges }
}

const nodeTypes = { lane: LaneBox, step: StepBox, cut: CutBox }

function LaneBox({ data: { lane, width } }: NodeProps<LaneNode>) {
  const { kind, name, detail } = lane
  return (
    <div className="kill-chain-lane" data-kind={kind} style={{ width }}>
      <div className="kill-chain-name">
        <strong title={name}>{name}</strong>
        <small>{detail}</small>
        <Handle type="source" position={Position.Right} />
      </div>
    </div>
  )
}

function StepBox({ data: { step } }: NodeProps<StepNode>) {
  const { stage, count, firstAt } = step
  return (
    <div className="kill-chain-step" style={{ width: size.box }}>
      <Handle type="target" position={Position.Left} />
      <strong title={stage.because}>{stage.name}</strong>
      <small>
        <Time at={firstAt} /> · {count.toLocaleString("en")} {count === 1 ? "alert" : "alerts"}
      </small>
      <small>{stage.technique ?? stage.intent}</small>
      <Handle type="source" position={Position.Right} />
    </div>
  )
}

function CutBox({ data: { cut } }: NodeProps<CutNode>) {
  return (
    <div className="kill-chain-cut-box" data-state={cut.state} style={{ width: size.box }}>
      <Handle type="target" position={Position.Left} />
      <strong title={cut.text}>{cut.text}</strong>
      <small>
        <Time at={cut.at} />
      </small>
      <small>{cut.proof}</small>
    </div>
  )
}
