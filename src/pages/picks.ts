import type { PageModels } from './view-models.ts'

/** Records to choose among, as `partials/picks` shows them. */
export const toPicks = (records: PageModels['found']['records']) =>
  records.map((record, at) => ({ role: 'unknown', ...record, id: `record-${at}` }))
