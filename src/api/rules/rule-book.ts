import {
  type AlertId,
  type AlertVerdict,
  type Clock,
  type Ids,
  type NodeId,
  type RuleException,
  type RuleId,
  type RuleSwitch,
  ThwartError,
  type Verdict,
} from "../../core/index.ts"
import { checkParameter, type LiveRulePolicy, type RuleSummary } from "../../detection/index.ts"
import { type RuleStatistics, ruleSwitchKey, type Store } from "../../store/store.ts"
import { createAudit } from "../auth/audit.ts"
import type { Actor } from "../auth/principal.ts"
import { createInTurn } from "../auth/turns.ts"
import type {
  ApiRule,
  NewRuleException,
  RuleDetail,
  RuleExceptionChange,
  RulePage,
  RulesQuery,
} from "../contract/index.ts"
import { isOf, pageOfRules, shownRule } from "./rule-list.ts"

// Each is looked up and not walked through; more than this is a rule set of one's own, and takes memory in every detector.
const maxExceptions = 5000
const maxSwitches = 5000

/** The rules that run here, and what people decide about them. */
export interface RuleBook {
  /** Takes up what was decided earlier; before the first observation. */
  start(): Promise<void>
  list(query: RulesQuery): Promise<RulePage>
  one(id: string): Promise<RuleDetail>
  /** Of each rule that runs, as people switched it. */
  states(): ReadonlyMap<string, ApiRule["state"]>
  disable(
    rule: RuleId,
    how: { readonly node: NodeId | null; readonly reason: string },
    actor: Actor,
  ): Promise<RuleSwitch>
  enable(rule: RuleId, node: NodeId | null, actor: Actor): Promise<void>
  /** Those that ended too. */
  exceptions(): Promise<readonly RuleException[]>
  except(wish: NewRuleException, actor: Actor): Promise<RuleException>
  changeException(id: string, change: RuleExceptionChange, actor: Actor): Promise<RuleException>
  mark(alert: AlertId, verdict: Verdict | null, actor: Actor): Promise<AlertVerdict | null>
}

export interface RuleBookDeps {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly policy: LiveRulePolicy
  readonly rules: readonly RuleSummary[]
}

export function createRuleBook({ store, clock, ids, policy, rules: loaded }: RuleBookDeps): RuleBook {
  const audit = createAudit({ clock, ids })
  const inTurn = createInTurn()
  const rules = loaded.filter(({ bookkeeping }) => !bookkeeping)
  const byId = new Map(loaded.map((rule) => [rule.id, rule]))
  let [switches, exceptions]: [readonly RuleSwitch[], readonly RuleException[]] = [[], []]

  const follow = () => policy.replace({ switches, exceptions: exceptions.filter(isInForce) })
  const isInForce = ({ expiresAt }: RuleException) => expiresAt === null || expiresAt > clock.now()
  const facts = (statistics: readonly RuleStatistics[]) => ({
    switches,
    exceptions: exceptions.filter(isInForce),
    statistics: new Map(statistics.map((one) => [one.rule, one])),
  })
  const known = (rule: string): RuleSummary => {
    const found = byId.get(rule)
    if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no rule ${rule}`)
    return found
  }

  return {
    start: () =>
      inTurn(async () => {
        ;[switches, exceptions] = await Promise.all([store.ruleSwitches(), store.ruleExceptions()])
        follow()
      }),
    list: async (query) => {
      const now = facts(await store.ruleStatistics())
      return pageOfRules(
        rules.map((rule) => shownRule(rule, now)),
        query,
      )
    },
    one: async (id) => {
      const rule = known(id)
      const now = facts(await store.ruleStatistics())
      return {
        rule: shownRule(rule, now),
        switches: switches.filter((one) => one.rule === id),
        exceptions: now.exceptions.filter((one) => isOf(one, rule)),
      }
    },
    states: () => {
      const now = facts([])
      return new Map(rules.map((rule) => [rule.id, shownRule(rule, now).state]))
    },
    disable: (rule, { node, reason }, actor) =>
      inTurn(async () => {
        known(rule)
        const off: RuleSwitch = { rule, node, since: clock.now(), by: actor.who, reason }
        const before = switches.find((one) => ruleSwitchKey(one) === ruleSwitchKey(off))
        if (before !== undefined) return before // Somebody was first; theirs is the reason that counts.
        if (switches.length >= maxSwitches)
          throw new ThwartError("THWART_USAGE", `${maxSwitches} switches are the most there can be`)
        await store.record({ ruleSwitches: [off], audit: [audit(actor, "disable-rule", `rule:${rule}`, null, off)] })
        switches = [...switches, off]
        follow()
        return off
      }),
    enable: (rule, node, actor) =>
      inTurn(async () => {
        const key = ruleSwitchKey({ rule, node })
        const before = switches.find((one) => ruleSwitchKey(one) === key)
        // A switch outlives its rule, and can be taken back then too.
        if (before === undefined) return void known(rule)
        await store.record({
          removedRuleSwitches: [{ rule, node }],
          audit: [audit(actor, "enable-rule", `rule:${rule}`, before, null)],
        })
        switches = switches.filter((one) => one !== before)
        follow()
      }),
    exceptions: async () => exceptions,
    except: (wish, actor) =>
      inTurn(async () => {
        refuseUnfit(wish)
        if (exceptions.filter(isInForce).length >= maxExceptions)
          throw new ThwartError(
            "THWART_USAGE",
            `${maxExceptions} exceptions in force are the most there can be; end some`,
          )
        const exception = { ...wish, id: ids.other("exc"), createdAt: clock.now(), createdBy: actor.who }
        await store.record({
          ruleExceptions: [exception],
          audit: [audit(actor, "add-rule-exception", `rule-exception:${exception.id}`, null, exception)],
        })
        exceptions = [...exceptions, exception]
        follow()
        return exception
      }),
    changeException: (id, change, actor) =>
      inTurn(async () => {
        const before = exceptions.find((one) => one.id === id)
        if (before === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no exception ${id}`)
        if (!isInForce(before)) throw new ThwartError("THWART_USAGE", `the exception ${id} has ended; make a new one`)
        if ("expiresAt" in change) refusePast(change.expiresAt)
        const after = { ...before, expiresAt: "end" in change ? clock.now() : change.expiresAt }
        const action = "end" in change ? "end-rule-exception" : "change-rule-exception"
        await store.record({
          ruleExceptions: [after],
          audit: [audit(actor, action, `rule-exception:${id}`, before, after)],
        })
        exceptions = exceptions.map((one) => (one === before ? after : one))
        follow()
        return after
      }),
    mark: (id, verdict, actor) =>
      inTurn(async () => {
        const found = await store.alert(id)
        if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no alert ${id}`)
        const [before = null] = await store.verdicts([id])
        const after = verdict === null ? null : { alert: id, verdict, at: clock.now(), by: actor.who }
        await store.record({
          ...(after === null
            ? { removedVerdicts: [id] }
            : { verdicts: [{ ...after, rules: found.contributions.map(({ rule }) => rule) }] }),
          audit: [audit(actor, "mark-alert", `alert:${id}`, before, after)],
        })
        return after
      }),
  }

  function refuseUnfit({ rules: selector, parameter, expiresAt }: NewRuleException): void {
    refusePast(expiresAt)
    const wrong = parameter === null ? undefined : checkParameter(parameter)
    if (wrong !== undefined) throw new ThwartError("THWART_USAGE", `the parameter can't be used: ${wrong}`)
    const chosen = loaded.filter((rule) => isOf({ rules: selector }, rule))
    if (chosen.length === 0 && !selector.includes("/"))
      throw new ThwartError("THWART_NOT_FOUND", `no rule that runs here is "${selector}"`)
    if (parameter !== null && chosen.every(({ phase }) => phase === null))
      throw new ThwartError("THWART_USAGE", `"${selector}" has no parameters; give a path or a source`)
  }

  function refusePast(end: number | null): void {
    if (end !== null && end <= clock.now())
      throw new ThwartError("THWART_USAGE", "the exception would have ended already; give an end in the future")
  }
}
