import { OWN_CLIENT_IDS } from '#src/clients/built-in-clients.ts'
import { appOf } from '#src/clients/trial-clients.ts'

/** The app that tells of a client: of a trial the one that is tried. Undefined for what PIAS is of itself, which is no app. */
export const shownApp = (clientId: string): string | undefined =>
  Object.values(OWN_CLIENT_IDS).some(own => own === clientId) ? undefined : appOf(clientId)
