import cliProgress from 'cli-progress'
import type { Clock } from '#src/kernel/runtime.ts'
import { grouped, type Terminal } from './terminal.ts'

/** How far a run is: `done` of `total` of whatever tells the share (bytes), and the `items` a person counts. */
export type ProgressState = { readonly done: number; readonly items: number }

/** Shows how a long run advances, on standard error. `stop` must be called in the end. */
export type Progress = {
  readonly update: (state: ProgressState) => void
  readonly stop: () => void
}

const SECONDS_BETWEEN_LINES = 3

const NOTHING: ProgressState = { done: 0, items: 0 }

/**
 * Items a second so far, and the seconds left at this pace; both 0 before anything is known.
 * @param begun what was done before the time began, by a run that was ended: it tells nothing of the pace
 */
export const paceOf = (
  state: ProgressState,
  total: number,
  elapsedMs: number,
  begun = NOTHING,
): { rate: number; left: number } => {
  const done = state.done - begun.done
  return {
    rate: elapsedMs > 0 ? ((state.items - begun.items) / elapsedMs) * 1000 : 0,
    left: done > 0 ? Math.ceil((elapsedMs / done) * Math.max(0, total - state.done)) / 1000 : 0,
  }
}

const paceText = (rate: number, left: number): string => `${grouped(rate)}/s, ${Math.ceil(left)} s left`

type Run = { readonly label: string; readonly total: number; readonly begun?: ProgressState }

const createBar = (stderr: Terminal['stderr'], { total, label, begun }: Run, clock: Clock): Progress => {
  const started = clock()
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: `${label} [{bar}] {percentage} %, {items}, {pace}`,
    barsize: 30,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    // Whoever ends the run by Ctrl-C keeps a terminal that shows its cursor and wraps lines.
    hideCursor: false,
    linewrap: true,
  })
  bar.start(total, 0, { items: '0', pace: '' })
  return {
    update: state => {
      const { rate, left } = paceOf(state, total, clock() - started, begun)
      bar.update(Math.min(state.done, total), { items: grouped(state.items), pace: paceText(rate, left) })
    },
    stop: () => bar.stop(),
  }
}

const createLines = (stderr: Terminal['stderr'], { total, label, begun }: Run, clock: Clock): Progress => {
  const started = clock()
  let shownAt = started
  return {
    update: state => {
      const now = clock()
      if (now - shownAt < SECONDS_BETWEEN_LINES * 1000) return
      shownAt = now
      const { rate, left } = paceOf(state, total, now - started, begun)
      const share = total > 0 ? Math.min(100, Math.floor((100 * state.done) / total)) : 0
      stderr.write(`${label} ${share} %, ${grouped(state.items)}, ${paceText(rate, left)}\n`)
    },
    stop: () => undefined,
  }
}

/** A bar on a terminal; elsewhere (a log, a pipe) a line each few seconds. `begun`: see {@link paceOf}. */
export const createProgress = ({ stderr, clock }: Pick<Terminal, 'stderr' | 'clock'>, run: Run): Progress =>
  (stderr.isTTY ? createBar : createLines)(stderr, run, clock)
