/** What is in a base, to be looked at. */
export type Samples = {
  /** An app of the store, one in the middle of all, and how the ids of about a hundred begin. */
  readonly clientId: string
  readonly clientInTheMiddle: string
  readonly clientPrefix: string
  /** An account with records, decisions, consents, acts on its links and a long timeline, and another one. */
  readonly accountId: string
  readonly otherAccountId: string
  readonly customerNumber: string
  readonly upstreamSubject: string
  /** A record that nobody has, and that came up in decisions which linked nobody. */
  readonly undecidedNumber: string
  /** One of these decisions: its time and number, joined by a dot. */
  readonly undecidedLogin: string
  readonly person: Readonly<Record<'givenName' | 'familyName' | 'birthDate', string>>
  /** An act that waits for approval, and an open review. */
  readonly changeId: string
  readonly reviewId: string
  /** Moments (epoch milliseconds) in the middle of the trail, of the reviews and of the proposals. */
  readonly middle: number
  /** A day (UTC) two weeks ago. */
  readonly since: string
}

/** Something somebody asks of the admin plane. `of`: the operation of the API, or the path of the page, that answers. */
export type AdminRequest = {
  readonly of: string
  readonly what: string
  readonly path: string
  /** Sent by POST: as JSON to the API, as a form to the console. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Asked for this seldom at most: one admin has a limit on it. */
  readonly most?: number
}

/** Searches by name that one admin has in an hour are shared by page and API. */
const MOST_BY_NAME = 20
/** Looks by customer number as well, by three requests of each. */
const MOST_BY_NUMBER = 8

const SERVICE_LINE = 'mobile'

/** Operations that change something: an admin does them one at a time, and each is one act on one thing. */
export const ACTS: ReadonlySet<string> = new Set([
  'blockAccount',
  'unblockAccount',
  'endLogins',
  'bootstrap',
  'setRoles',
  'createClient',
  'replaceClient',
  'disableClient',
  'restoreClient',
  'addSecret',
  'removeSecret',
  'changeCustomers',
  'changeLinks',
  'approveLinkChange',
  'withdrawLinkChange',
  'decideReview',
  'setRollout',
  'revertRollout',
  'activateRules',
  'rollBackRules',
  'beginTrial',
  'finishTrial',
])

/** Operations that read as much as there is, or as they are told to: told part by part, or with numbers that bound them. */
export const BY_THE_MASS: ReadonlySet<string> = new Set([
  'exportAudit',
  'revealAudit',
  'replayRules',
  'watchRules',
  'showBusiestRecord',
])

/** Every operation of the API that looks at something. */
export const apiRequests = (samples: Samples): readonly AdminRequest[] => {
  const { clientId, accountId, otherAccountId, customerNumber, upstreamSubject, undecidedNumber, person } = samples
  const { changeId, reviewId, middle, since, clientInTheMiddle, clientPrefix } = samples
  const ofClient = `/clients/${clientId}`
  const ofAccount = `/accounts/${accountId}`
  const merge = { kind: 'merge', account: otherAccountId, into: accountId }
  const unlink = { kind: 'unlink', record: { serviceLine: SERVICE_LINE, customerId: customerNumber } }
  return [
    { of: 'whoAmI', what: 'who calls', path: '/me' },
    { of: 'listAdmins', what: 'admins', path: '/admins' },
    { of: 'showOverview', what: 'overview', path: `/overview?since=${since}` },
    { of: 'listAlarms', what: 'alarms', path: '/alarms' },
    { of: 'listClients', what: 'clients, first page', path: '/clients' },
    {
      of: 'listClients',
      what: 'clients, page of 200 in the middle',
      path: `/clients?cursor=${clientInTheMiddle}&limit=200`,
    },
    { of: 'listClients', what: 'clients by the begin of their id', path: `/clients?prefix=${clientPrefix}` },
    { of: 'listApis', what: 'APIs', path: '/apis' },
    { of: 'showClient', what: 'a client', path: ofClient },
    { of: 'lintClient', what: 'lint of metadata', path: '/clients/lint', body: { metadata: { client_id: 'one' } } },
    { of: 'showRollout', what: 'rollout', path: `${ofClient}/rollout` },
    { of: 'showFunnel', what: 'funnel', path: `${ofClient}/funnel?since=${since}` },
    { of: 'showDecisions', what: 'decisions of an app', path: `${ofClient}/decisions?since=${since}` },
    { of: 'listQuickstarts', what: 'code for a client', path: `${ofClient}/quickstarts` },
    { of: 'previewTokens', what: 'tokens for nobody', path: `${ofClient}/token-preview`, body: {} },
    {
      of: 'previewTokens',
      what: 'tokens for an account',
      path: `${ofClient}/token-preview`,
      body: { account: accountId },
    },
    {
      of: 'searchAccounts',
      what: 'account by customer number',
      path: '/accounts/search',
      body: { customerNumber },
      most: MOST_BY_NUMBER,
    },
    { of: 'searchAccounts', what: 'account by its id', path: '/accounts/search', body: { account: accountId } },
    { of: 'searchAccounts', what: 'account by itsme reference', path: '/accounts/search', body: { upstreamSubject } },
    { of: 'searchRecords', what: 'records by name', path: '/records/search', body: person, most: MOST_BY_NAME },
    { of: 'showAccount', what: 'an account', path: ofAccount },
    {
      of: 'revealAccount',
      what: 'an account with name',
      path: `${ofAccount}/reveal`,
      body: { reason: 'a measurement' },
    },
    { of: 'accountTimeline', what: 'timeline', path: `${ofAccount}/timeline` },
    { of: 'accountTimeline', what: 'timeline, older', path: `${ofAccount}/timeline?limit=200&cursor=${middle}.1` },
    { of: 'whyLinked', what: 'why linked', path: `${ofAccount}/decisions` },
    { of: 'whyLinked', what: 'why linked, older', path: `${ofAccount}/decisions?cursor=${middle}.1` },
    {
      of: 'whyRecord',
      what: 'why a record that has an owner',
      path: '/records/decisions',
      body: { serviceLine: SERVICE_LINE, customerId: customerNumber },
      most: MOST_BY_NUMBER,
    },
    {
      of: 'whyRecord',
      what: 'why a record nobody has',
      path: '/records/decisions',
      body: { serviceLine: SERVICE_LINE, customerId: undecidedNumber },
      most: MOST_BY_NUMBER,
    },
    { of: 'listUndecided', what: 'undecided', path: '/decisions/undecided' },
    { of: 'listUndecided', what: 'undecided, older', path: `/decisions/undecided?cursor=${middle}.1` },
    { of: 'listLinkChanges', what: 'acts on an account', path: `${ofAccount}/link-changes` },
    { of: 'listProposedChanges', what: 'proposals', path: '/link-changes' },
    { of: 'listProposedChanges', what: 'proposals, older', path: `/link-changes?limit=200&cursor=${middle}.x` },
    { of: 'showLinkChange', what: 'a proposal', path: `/link-changes/${changeId}` },
    { of: 'previewLinkChange', what: 'preview of an unlinking', path: '/link-changes/preview', body: unlink },
    { of: 'previewLinkChange', what: 'preview of a merge', path: '/link-changes/preview', body: merge },
    { of: 'listReviews', what: 'reviews', path: '/reviews' },
    { of: 'listReviews', what: 'all reviews, later', path: `/reviews?all=true&limit=200&cursor=${middle}.x` },
    { of: 'showReview', what: 'a review', path: `/reviews/${reviewId}` },
    {
      of: 'previewDecision',
      what: 'preview of a decision',
      path: `/reviews/${reviewId}/preview`,
      body: { kind: 'unlink' },
    },
    { of: 'showRules', what: 'rules', path: '/matching/rules' },
    { of: 'searchAudit', what: 'audit', path: '/audit/events' },
    { of: 'searchAudit', what: 'audit, older', path: `/audit/events?limit=200&cursor=${middle}.1` },
    { of: 'searchAudit', what: 'audit by type', path: '/audit/events?type=link.decided' },
    { of: 'searchAudit', what: 'audit by client', path: `/audit/events?client=${clientId}` },
    {
      of: 'searchAudit',
      what: 'audit by client and type',
      path: `/audit/events?client=${clientId}&type=consent.given`,
    },
    { of: 'searchAudit', what: 'audit by account', path: `/audit/events?account=${accountId}&type=link.created` },
    { of: 'searchAudit', what: 'audit of a time', path: `/audit/events?from=${middle - 3_600_000}&to=${middle}` },
  ]
}

/** Every page of the console, and the forms that look for something. */
export const pageRequests = (samples: Samples): readonly AdminRequest[] => {
  const { clientId, accountId, customerNumber, upstreamSubject, undecidedNumber, undecidedLogin, person } = samples
  const { changeId, reviewId, middle, clientInTheMiddle, clientPrefix } = samples
  const ofClient = (end: string) => ({ of: `/clients/:clientId${end}`, path: `/clients/${clientId}${end}` })
  const ofAccount = (end: string) => ({ of: `/people/:accountId${end}`, path: `/people/${accountId}${end}` })
  const search = (by: string, value: string) => ({ of: '/people', path: '/people', body: { by, value } })
  const whyRecord = (customerId: string) => ({
    of: '/people',
    path: '/people/record',
    body: { serviceLine: SERVICE_LINE, customerId },
    most: MOST_BY_NUMBER,
  })
  return [
    { of: '/', what: 'dashboard', path: '/' },
    { of: '/alarms', what: 'how linking goes', path: '/alarms' },
    { of: '/alarms/record', what: 'the busiest record, before anybody looked', path: '/alarms/record' },
    { of: '/clients', what: 'apps', path: '/clients' },
    { of: '/clients', what: 'apps in the middle', path: `/clients?cursor=${clientInTheMiddle}` },
    { of: '/clients', what: 'apps by the begin of their id', path: `/clients?prefix=${clientPrefix}` },
    { of: '/apis', what: 'APIs', path: '/apis' },
    { of: '/clients/new', what: 'a new app', path: '/clients/new' },
    { ...ofClient(''), what: 'an app' },
    { ...ofClient('/settings'), what: 'settings' },
    { ...ofClient('/settings/json'), what: 'settings as JSON' },
    { ...ofClient('/secrets'), what: 'secrets' },
    { ...ofClient('/rollout'), what: 'rollout' },
    { ...ofClient('/trial'), what: 'test login' },
    { ...ofClient('/preview'), what: 'tokens' },
    { ...ofClient('/code'), what: 'code' },
    { of: '/people', what: 'people', path: '/people' },
    { ...search('customerNumber', customerNumber), what: 'found by customer number', most: MOST_BY_NUMBER },
    { ...search('account', accountId), what: 'found by account' },
    { ...search('upstreamSubject', upstreamSubject), what: 'found by itsme reference' },
    { of: '/people', what: 'found by name', path: '/people/name', body: person, most: MOST_BY_NAME },
    { ...whyRecord(customerNumber), what: 'why a record that has an owner' },
    { ...whyRecord(undecidedNumber), what: 'why a record nobody has' },
    { ...ofAccount(''), what: 'an account' },
    { ...ofAccount('/timeline'), what: 'timeline' },
    { ...ofAccount('/why'), what: 'why linked' },
    { ...ofAccount('/links'), what: 'acts on links' },
    { of: '/link-changes/:changeId', what: 'a proposal', path: `/link-changes/${changeId}` },
    { of: '/proposals', what: 'proposals', path: '/proposals' },
    { of: '/reviews', what: 'reviews', path: '/reviews' },
    { of: '/reviews/:reviewId', what: 'a review', path: `/reviews/${reviewId}` },
    { of: '/reviews', what: 'undecided logins, older', path: `/reviews?undecided=${middle}.1` },
    { of: '/reviews/undecided/:login', what: 'an undecided login', path: `/reviews/undecided/${undecidedLogin}` },
    { of: '/rules', what: 'rules', path: '/rules' },
    { of: '/audit', what: 'audit', path: '/audit' },
    { of: '/audit', what: 'audit, older', path: `/audit?cursor=${middle}.1` },
    { of: '/audit', what: 'audit by type', path: '/audit?type=link.decided' },
    { of: '/admins', what: 'admins', path: '/admins' },
    { of: '/admins/:accountId', what: 'an admin', path: `/admins/${accountId}` },
  ]
}
