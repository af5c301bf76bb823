import { recordFormOf } from '#src/matching/record-form.ts'

/** How customer records are written where nothing else is configured. */
export const recordForm = recordFormOf({ nationalNumber: false })
