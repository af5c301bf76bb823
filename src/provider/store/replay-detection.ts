import type { Clock } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import { asUnavailable } from './unavailable.ts'

/**
 * Whether an id was never seen before (RFC 7523, 3: `jti`). oidc-provider looks before it writes; of parallel replays all
 * would pass. Takes the place of `ReplayDetection.unique`.
 * @returns a function of issuer, id and expiry in epoch seconds; it fails with 503 when the store is away
 */
export const createReplayDetection =
  ({ artifacts, clock }: { artifacts: Pick<ArtifactsPort, 'insertOnce'>; clock: Clock }) =>
  async (issuer: string, id: string, expiresAt: number): Promise<boolean> => {
    const ttl = expiresAt - Math.floor(clock() / 1000)
    return ttl > 0 && artifacts.insertOnce('ReplayDetection', `${issuer}\n${id}`, ttl).catch(asUnavailable)
  }
