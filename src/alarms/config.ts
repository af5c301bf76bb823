import { z } from 'zod'

const share = z.number().gt(0).max(1)

/** When somebody is to look at how linking goes (docs/how-to-links.md). */
export const alarmsConfigSchema = z
  .strictObject({
    /** Decisions in an hour below which their rates say nothing. */
    fewestDecisions: z.int().min(10).default(50),
    /** How far the share of people who are linked at once may move from that of the week before. */
    linkRateMoves: share.default(0.2),
    /** How far the share of people who are asked may move. */
    confirmRateMoves: share.default(0.2),
    /** Refused proofs in an hour, which must also be more than the accepted ones. */
    refusedProofs: z.int().positive().default(30),
    /** Different people in an hour for whom one record was looked at as possibly theirs. */
    identitiesPerRecord: z.int().min(2).default(10),
  })
  .prefault({})

/** See {@link alarmsConfigSchema}. */
export type AlarmsConfig = z.output<typeof alarmsConfigSchema>
