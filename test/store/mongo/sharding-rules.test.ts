import { ObjectId } from 'mongodb'
import { keepsUnique, refusalOf, scatterOf, statementsOf, targetOf } from './sharding-rules.ts'

/** The keys that are tried: the one that PIAS chose, and one that is none of its own. */
const ID = { _id: 'hashed' } as const
const PLACE = { country: 1, town: 1 } as const

test.each([
  [ID, { _id: 'a' }, 'one'],
  [ID, { _id: { $eq: 'a' }, open: true }, 'one'],
  [ID, { _id: { $eq: { model: 'm', id: '1' } } }, 'one'],
  [ID, { _id: { model: 'm', id: '1' } }, 'one'],
  [ID, { $and: [{ open: true }, { _id: { $eq: 'a' } }] }, 'one'],
  [ID, { _id: { $in: ['a', 'b'] } }, 'some'],
  [ID, { _id: { $gt: 'a' } }, 'all'],
  [ID, { '_id.model': { $eq: 'm' } }, 'all'],
  [ID, { $or: [{ _id: { $eq: 'a' } }, { open: true }] }, 'all'],
  [ID, {}, 'all'],
  [PLACE, { country: 'be', town: 'Mons' }, 'one'],
  [PLACE, { country: 'be', town: { $in: ['Mons', 'Gent'] } }, 'some'],
  [PLACE, { country: 'be' }, 'all'],
] as const)('%j and %j lead to %s', (key, filter, target) => {
  expect(targetOf(key, filter)).toBe(target)
})

const IN_TRANSACTION = { autocommit: false, txnNumber: 1 }
const update = (q: object, u: unknown, options = {}) => ['update', { update: 'c', updates: [{ q, u, ...options }] }]
const findAndModify = (query: object, more = {}) => ['findAndModify', { findAndModify: 'c', query, ...more }]
const change = { $set: { open: true } }

test.each([
  [ID, update({ accountId: 'a' }, change), 'a single update with neither'],
  [ID, update({ _id: { $in: ['a'] } }, change), 'a single update with neither'],
  [ID, ['delete', { delete: 'c', deletes: [{ q: { accountId: 'a' }, limit: 1 }] }], 'a single delete with neither'],
  [ID, findAndModify({ accountId: 'a' }, { update: change }), 'a findAndModify without'],
  [PLACE, findAndModify({ _id: 'a' }, { remove: true }), 'a findAndModify without'],
  [ID, update({ accountId: 'a' }, change, { upsert: true, multi: true }), 'an upsert without'],
  [PLACE, update({ _id: 'a' }, change, { upsert: true }), 'an upsert without'],
  [PLACE, update({ _id: 'a' }, { $set: { town: 'Gent' } }), 'a change of a shard key'],
  [PLACE, update({ _id: 'a' }, { $unset: { 'town.part': '' } }), 'a change of a shard key'],
  [PLACE, update({ _id: 'a' }, [{ $set: { town: 'Gent' } }]), 'a change of a shard key'],
  [PLACE, update({ _id: 'a' }, { open: true }), 'a change of a shard key'],
  [ID, ['insert', { insert: 'c', documents: [{ _id: new ObjectId() }] }], 'an insert without'],
  [ID, ['insert', { insert: 'c', documents: [{ _id: 'a' }, { _id: ['a'] }] }], 'an insert without'],
  [PLACE, ['insert', { insert: 'c', documents: [{ _id: 'a', country: 'be' }] }], 'an insert without'],
  [
    ID,
    ['aggregate', { aggregate: 'c', pipeline: [{ $lookup: { from: 'c', foreignField: '_id' } }], ...IN_TRANSACTION }],
    'a lookup of a sharded collection',
  ],
] as const)('with %j a router refuses %j', (key, [name, command], why) => {
  const refusals = statementsOf(name as string, command as object).map(statement => refusalOf(key, statement))
  expect(refusals.filter(refusal => refusal !== undefined).join()).toContain(why)
})

test.each([
  [ID, update({ _id: { $eq: 'a' }, open: false }, change, { upsert: true })],
  [ID, update({ accountId: 'a' }, change, { multi: true })],
  [ID, update({ _id: 'a' }, { open: true })],
  [PLACE, update({ _id: 'a' }, change)],
  [ID, ['delete', { delete: 'c', deletes: [{ q: { accountId: 'a' }, limit: 0 }] }]],
  [ID, findAndModify({ _id: { $eq: 'a' } }, { update: change, upsert: true })],
  [ID, ['insert', { insert: 'c', documents: [{ _id: { model: 'm', id: '1' } }] }]],
  [ID, ['aggregate', { aggregate: 'c', pipeline: [{ $lookup: { from: 'c', foreignField: '_id' } }] }]],
  [ID, ['find', { find: 'c', filter: {}, ...IN_TRANSACTION }]],
] as const)('with %j a router takes %j', (key, [name, command]) => {
  const statements = statementsOf(name as string, command as object)
  expect(statements.map(statement => refusalOf(key, statement))).toEqual([undefined])
})

test.each([
  [ID, ['_id'], true],
  [ID, ['accountId', '_id'], false],
  [ID, ['change'], false],
  [PLACE, ['_id'], false],
  [PLACE, ['town'], false],
  [PLACE, ['town', 'country'], false],
  [PLACE, ['country', 'town'], true],
  [PLACE, ['country', 'town', 'street'], true],
] as const)('with %j, that %j is unique holds on the whole cluster: %s', (key, index, holds) => {
  expect(keepsUnique(key, index)).toBe(holds)
})

test('each collection that a command reads is told, with what it is found by', () => {
  const pipeline = [
    { $match: { accountId: { $eq: 'a' }, $or: [{ at: 1 }, { _id: { $gt: 1 } }] } },
    { $lookup: { from: 'd', localField: 'accountId', foreignField: '_id', as: 'd' } },
    { $unionWith: { coll: 'e', pipeline: [{ $match: { name: 'n' } }, { $unionWith: { coll: 'f', pipeline: [] } }] } },
  ]
  const statements = statementsOf('aggregate', { aggregate: 'c', pipeline })
  expect(statements.map(scatterOf)).toEqual([
    'c: read by _id, accountId, at',
    'd: read by _id',
    'e: read by name',
    'f: read by nothing',
  ])
  expect(statementsOf('commitTransaction', { commitTransaction: 1 })).toEqual([])
})
