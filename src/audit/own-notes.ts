import { PiasError } from '#src/kernel/errors.ts'

/** What PIAS notes of the trail among the store's keys, by the name of the entry. */
const NOTES = {
  'audit-start': 'where it begins',
  'audit-verified': 'how far it was verified',
  'audit-state': 'how it was found',
} as const

export type NoteName = keyof typeof NOTES

/** Said of a trail of which somebody changed one of PIAS's own notes. */
export const noteChanged = (name: NoteName): string =>
  `what PIAS noted of the trail was changed: ${NOTES[name]} (${name})`

/** Whether what was kept does not open or cannot be read: somebody changed it, and the trail is broken. */
export const isChanged = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof PiasError && error.code === 'server.failed')
