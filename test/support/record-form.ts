import { recordFormOf } from '#src/cli/offline.ts'

/** How customer records are written where nothing else is configured. */
export const recordForm = recordFormOf({ nationalNumber: false })
