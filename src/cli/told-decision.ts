import type { DecisionView } from '#src/admin/operations/decisions.ts'
import type { LinkView } from '#src/admin/operations/link-history.ts'
import type { RecordView } from '#src/admin/operations/record-view.ts'
import { timeOf } from './terminal.ts'

const signed = (bits: number): string => `${bits < 0 ? '−' : '+'}${Math.abs(bits).toFixed(1)}`

const toldRecord = (record: RecordView): string => {
  const {
    serviceLine,
    customerId,
    verdict,
    because,
    wrong,
    runnerUp,
    margin,
    start,
    fields,
    strangerStart,
    strangerMargin,
  } = record
  const beside = (bits: number): string => (runnerUp === 'stranger' ? '' : `, against a stranger ${signed(bits)}`)
  const lines = fields.map(
    ({ field, level, bits, strangerBits }) => `    ${field} ${level}: ${signed(bits)}${beside(strangerBits)}\n`,
  )
  return [
    `  ${serviceLine} ${customerId}: ${verdict} (${because}), wrong by ${wrong.toExponential(1)}\n`,
    `    before comparing: ${signed(start)}${beside(strangerStart)}\n`,
    ...lines,
    `    ahead of ${runnerUp} by ${signed(margin)} bits${beside(strangerMargin)}\n`,
  ].join('')
}

/** A decision as it was made then, for people: records masked, no value of a field. */
export const toldDecision = (decision: DecisionView): string => {
  const { event, at, account = 'nobody', outcome, ruleVersion, errorBudget, hindrances, records } = decision
  const against = hindrances.map(hindrance => `  against linking: ${hindrance}\n`)
  const head = `${event} ${timeOf(at)} ${account}: ${outcome} by ${ruleVersion}, error budget ${errorBudget}\n`
  return [head, ...against, ...records.map(toldRecord)].join('')
}

/** How a record came to its account, for people; the evidence where no decision that is told too has it. */
export const toldLink = (link: LinkView): string => {
  const { serviceLine, customerId, method, proof, ruleVersion, linkedAt, acts, evidence, decision } = link
  const how = proof === undefined ? method : `${method} (${proof})`
  const moves = acts.map(({ id, kind, at, by, decidedBy, from = 'nobody', reason }) => {
    const second = decidedBy === undefined ? '' : ` and ${decidedBy}`
    return `  ${timeOf(at)} ${kind} by ${by}${second}, from ${from}: ${reason} (${id})\n`
  })
  const shown = evidence === undefined || decision !== undefined ? [] : [toldRecord(evidence)]
  return [
    `${serviceLine} ${customerId}: linked ${timeOf(linkedAt)} by ${how}, rules ${ruleVersion}\n`,
    ...moves,
    ...shown,
  ].join('')
}
