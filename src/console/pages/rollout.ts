import { inputFix } from '#src/admin/api/input-fix.ts'
import type { Problem } from '#src/admin/api/problem.ts'
import { askFirst, reasonProblem } from '#src/console/ask-first.ts'
import { clientPath } from '#src/console/client-cell.ts'
import { lastDays } from '#src/console/column-chart.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import { linesOf, REASON_FIELD } from '#src/console/fields.ts'
import type { Field } from '#src/console/form.ts'
import type { Visit } from '#src/console/visit.ts'
import { moment } from '#src/console/words.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { DecisionCount } from '#src/rollout/decision-counts.ts'
import { type RolloutPolicy, rolloutPolicySchema } from '#src/rollout/policy.ts'
import { clientHead, RESTORE_FIRST } from './client-tabs.ts'
import { decisionBlocks } from './decision-blocks.ts'
import { effectTable, funnelBlocks, PASSWORD_WORDS, PHASE_WORDS, policyFacts } from './rollout-words.ts'

const DAYS = 14

const RULES = [
  ['registration', 'New people'],
  ['existing', 'Existing accounts'],
] as const
const PARTS = ['phase', 'percentage', 'allow', 'from', 'until'] as const
const OTHERS = ['password', 'passkey', 'killSwitch', 'reason'] as const

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

/** A policy as the fields of its form. */
const valuesOf = (policy: RolloutPolicy): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    RULES.flatMap(([name]) => {
      const { phase, percentage, allow, from = '', until = '' } = policy[name]
      const values = { phase, percentage: String(percentage), allow: allow.join('\n'), from, until }
      return Object.entries(values).map(([part, value]) => [`${name}_${part}`, value])
    }),
  ),
  password: policy.password,
  passkey: policy.passkey,
  killSwitch: policy.killSwitch ? 'on' : '',
})

const fieldsOf = (policy: RolloutPolicy): readonly Field[] => {
  const values = valuesOf(policy)
  const value = (name: string): string => values[name] ?? ''
  const rules = RULES.flatMap(([name, label]): Field[] => [
    {
      name: `${name}_phase`,
      label: `${label}: phase`,
      kind: 'select',
      value: value(`${name}_phase`),
      options: optionsOf(PHASE_WORDS),
    },
    {
      name: `${name}_percentage`,
      label: `${label}: for how many of a hundred`,
      kind: 'number',
      value: value(`${name}_percentage`),
    },
    {
      name: `${name}_allow`,
      label: `${label}: accounts it holds for anyway`,
      kind: 'area',
      value: value(`${name}_allow`),
      hint: 'One account per line. May be empty.',
    },
    {
      name: `${name}_from`,
      label: `${label}: from`,
      value: value(`${name}_from`),
      hint: 'such as 2027-01-15T08:00:00+01:00. May be empty.',
    },
    { name: `${name}_until`, label: `${label}: until before`, value: value(`${name}_until`) },
  ])
  const others: readonly Field[] = [
    {
      name: 'password',
      label: 'The old password may',
      kind: 'select',
      value: value('password'),
      options: optionsOf(PASSWORD_WORDS),
    },
    {
      name: 'passkey',
      label: 'Passkeys',
      kind: 'select',
      value: value('passkey'),
      options: optionsOf({ off: 'Off', allow: 'Allowed' }),
    },
    {
      name: 'killSwitch',
      label: 'Emergency',
      kind: 'checks',
      values: [value('killSwitch')],
      options: [
        { value: 'on', label: 'Kill switch', hint: 'Takes itsme away from everybody, including logins on their way' },
      ],
    },
  ]
  return [...rules, ...others, REASON_FIELD]
}

/** The policy that a form says, or what is wrong with it. */
const policyOf = ({ text }: Visit): { policy: RolloutPolicy } | { problem: Problem } => {
  const rule = (name: string) => ({
    phase: text(`${name}_phase`),
    percentage: Number(text(`${name}_percentage`)),
    allow: linesOf(text(`${name}_allow`)),
    ...(text(`${name}_from`) && { from: text(`${name}_from`) }),
    ...(text(`${name}_until`) && { until: text(`${name}_until`) }),
  })
  const parsed = rolloutPolicySchema.safeParse(
    {
      registration: rule('registration'),
      existing: rule('existing'),
      password: text('password'),
      passkey: text('passkey'),
      killSwitch: text('killSwitch') === 'on',
    },
    { error: inputWords },
  )
  if (parsed.success) return { policy: parsed.data }
  const errors = parsed.error.issues.map(issue => ({
    // A field of the form is a part of one of the two rules; after it is the line.
    field: [issue.path.slice(0, 2).join('_'), ...issue.path.slice(2)].join('.'),
    reason: issue.message,
    fix: inputFix(issue),
  }))
  return { problem: { status: 400, code: 'request.invalid', title: 'the policy is not valid', errors } }
}

const sentFields = ({ text }: Visit): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...RULES.flatMap(([name]) => PARTS.map(part => `${name}_${part}`)), ...OTHERS].map(name => [name, text(name)]),
  )

const askRevert = async ({ ask, params, text, now }: Visit) => {
  const { policy, before, fromFile } = await ask('showRollout', { params })
  const path = `${clientPath(params.clientId ?? '')}/rollout`
  return {
    operation: 'revertRollout',
    title: 'Go back one step',
    submit: 'Revert',
    action: `${path}/revert`,
    cancel: path,
    hidden: { version: text('version') },
    intro: 'Puts the previous policy back in force, from the next request on.',
    blocks: [
      policyFacts(policy, 'In force until then'),
      ...(before === undefined
        ? []
        : [
            effectTable(policy, before.policy, now),
            policyFacts(
              before.policy,
              `What comes back: ${before.stored ? 'the version before' : unstoredWords(fromFile)}`,
            ),
          ]),
    ],
  }
}

/** Which policy holds where none is stored. */
const unstoredWords = (fromFile: boolean): string =>
  fromFile ? 'the policy of its file' : 'no policy: itsme logs everybody in'

/** What shadow has shown, where the phase is that, or was in these days. */
const shadowBlocks = (
  { registration, existing }: RolloutPolicy,
  counts: readonly DecisionCount[],
  days: readonly string[],
) => {
  const isOn = [registration, existing].some(({ phase }) => phase === 'shadow')
  return isOn || counts.some(({ kind }) => kind === 'shadow') ? decisionBlocks('shadow', counts, days) : []
}

/** Who logs in how at an app: looked at, changed after a preview, taken back in one step. */
export const rolloutPage: ConsolePage = {
  path: '/clients/:clientId/rollout',
  show: async visit => {
    const { ask, form, params, now } = visit
    const days = lastDays(DAYS, now)
    const since = days[0] ?? ''
    const client = await ask('showClient', { params })
    if (client.state !== 'active') return { ...clientHead(client, '/rollout'), blocks: RESTORE_FIRST }
    const [{ policy, versions, version, fromFile }, { counts, decisions }] = await Promise.all([
      ask('showRollout', { params }),
      ask('showFunnel', { params, query: { since } }),
    ])
    const path = `${clientPath(client.clientId)}/rollout`
    const hidden = { version: String(version) }
    return {
      ...clientHead(client, '/rollout'),
      blocks: [
        policyFacts(policy, 'In force now'),
        ...shadowBlocks(policy, decisions, days),
        ...decisionBlocks('acted', decisions, days),
        ...funnelBlocks(counts, `How far people get, last ${DAYS} days`),
        ...form('setRollout', {
          title: 'Change the rollout',
          action: `${path}/preview`,
          submit: 'Show what would change',
          hidden,
          fields: fieldsOf(policy),
        }),
        ...(versions.length === 0
          ? []
          : form('revertRollout', {
              title: 'Go back one step',
              action: `${path}/revert`,
              submit: 'Revert',
              tone: 'danger',
              hidden,
              intro: 'Puts the previous policy back in force, from the next request on.',
              fields: [REASON_FIELD],
            })),
        {
          kind: 'table',
          title: 'Versions',
          empty: `It was never changed: in force is ${unstoredWords(fromFile)}.`,
          columns: [{ label: 'Version', number: true }, { label: 'Since' }, { label: 'By' }, { label: 'Why' }],
          rows: versions.map(one => [String(one.version), moment(one.at), { text: one.by, code: true }, one.reason]),
        },
      ],
    }
  },
  acts: {
    '/preview': async visit => {
      const { ask, form, params, text, now } = visit
      const read = policyOf(visit)
      if ('problem' in read) return read
      const problem = reasonProblem(visit)
      if (problem !== undefined) return { problem }
      const [client, { policy }] = await Promise.all([ask('showClient', { params }), ask('showRollout', { params })])
      const path = `${clientPath(client.clientId)}/rollout`
      return {
        page: {
          ...clientHead(client, '/rollout'),
          lead: 'Nothing is changed yet.',
          blocks: [
            effectTable(policy, read.policy, now),
            policyFacts(read.policy, 'What would be in force'),
            ...form('setRollout', {
              title: 'Put it in force',
              action: `${path}/set`,
              submit: 'Put it in force',
              cancel: path,
              intro: `Why: ${text('reason')}`,
              fields: [],
              hidden: { ...sentFields(visit), version: text('version') },
            }),
          ],
        },
      }
    },
    '/set': async visit => {
      const { act, params, text } = visit
      const read = policyOf(visit)
      if ('problem' in read) return read
      const body = { policy: read.policy, reason: text('reason') }
      const outcome = await act('setRollout', { params, body, version: Number(text('version')) })
      return thenTo(outcome, `${clientPath(params.clientId ?? '')}/rollout?done=saved`)
    },
    '/revert': askFirst(askRevert, async ({ act, params, text }) => {
      const given = { params, query: { reason: text('reason') }, version: Number(text('version')) }
      return thenTo(await act('revertRollout', given), `${clientPath(params.clientId ?? '')}/rollout?done=reverted`)
    }),
  },
}
