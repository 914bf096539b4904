/**
 * The protocol, weakened: each mutant takes one promise away by changing the text of one module while it is loaded, in
 * a process of its own. The product has no switch for any of them.
 */

export interface Mutant {
  readonly name: string
  /** What it no longer does. */
  readonly weakening: string
  /** From the root of the repository. */
  readonly module: string
  /** Occurs there exactly once. */
  readonly text: string
  readonly replacement: string
}

const LEDGER = 'subgraphs/kit/ledger/ledger.ts'
const WRITER = 'subgraphs/kit/ledger/writer.ts'
const FOOTPRINT = 'subgraphs/kit/participant/footprint.ts'
const LOCKS = 'subgraphs/kit/participant/locks.ts'
const DRAFT = 'subgraphs/kit/participant/draft.ts'
const PROTOCOL = 'gateway/coordinator/protocol.ts'
const FACTS = 'gateway/coordinator/protocol-facts.ts'
const STATE = 'gateway/coordinator/protocol-state.ts'
const ATTEMPTS = 'gateway/coordinator/attempts.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'refusal-not-durable',
    weakening: 'a no is answered and not written down',
    module: LEDGER,
    text: 'this.#storage.insert(abortedRow(request, kept, now))',
    replacement: '',
  },
  {
    name: 'abort-without-fence',
    weakening: 'a prepare without an answer counts as a no, and nobody makes sure of it',
    module: PROTOCOL,
    text: "if (call.step === 'PREPARE' && state.state !== 'COMMITTING') return fence(state, [system])",
    replacement:
      "if (call.step === 'PREPARE' && state.state !== 'COMMITTING') return learn(state, system, { holds: 'NO', violations: [], foreign: false })",
  },
  {
    name: 'fence-only-looks',
    weakening: 'who resolves looks for a row, and inserts none',
    module: LEDGER,
    text: 'this.#storage.insert(fencedRow(request, violations, now))',
    replacement: '',
  },
  {
    name: 'participant-times-out-alone',
    weakening: 'a system aborts what it has prepared when the deadline is over',
    module: WRITER,
    text: 'for (const phase of PHASES) {',
    replacement:
      'for (const row of this.#storage.prepared()) if (row.deadline < now) this.#ledger.abort(row.id, now)\n    for (const phase of PHASES) {',
  },
  {
    name: 'rows-collected-early',
    weakening: 'a system forgets what it has aborted as soon as it is told so',
    module: 'test/simulation/kernel/disk.ts',
    text: 'this.#rows.set(row.id, row)\n    if (row.state',
    replacement:
      "if (row.state === 'ABORTED') this.#rows.delete(row.id)\n    else this.#rows.set(row.id, row)\n    if (row.state",
  },
  {
    name: 'votes-across-plans',
    weakening: 'a yes to one plan counts for another plan under the same id',
    module: LEDGER,
    text: "if (found.plan !== plan) return { vote: 'FOREIGN' }",
    replacement: '',
  },
  {
    name: 'foreign-fence-unseen',
    weakening: 'a fence does not tell one plan from another under the same id',
    module: LEDGER,
    text: "if (row !== undefined && row.plan !== request.plan) return { state: 'FOREIGN' }",
    replacement: '',
  },
  {
    name: 'no-lock-on-references',
    weakening: 'what a record refers to may be deleted while the reference is being made',
    module: FOOTPRINT,
    text: "for (const { target, key } of newReferences(effect)) take(recordResource(target, key), 'SHARED', effect)",
    replacement: '',
  },
  {
    name: 'no-guard-lock',
    weakening: 'what a rule reads may change while the rule is being judged',
    module: FOOTPRINT,
    text: 'for (const { exclusive, reads } of effect.rules) {',
    replacement: 'for (const { exclusive, reads } of [] as typeof effect.rules) {',
  },
  {
    name: 'no-lock-on-unique-values',
    weakening: 'two records may claim one unique value at the same time',
    module: FOOTPRINT,
    text: 'if (value.before === value.after) continue',
    replacement: 'continue',
  },
  {
    name: 'versions-not-compared',
    weakening: 'a write is taken whatever has happened to its record since it was planned',
    module: DRAFT,
    text: 'return one.revision === other.revision && one.transaction === other.transaction',
    replacement: 'return true',
  },
  {
    name: 'absence-not-checked',
    weakening: 'a delete of what one system was read to have alone does not look whether the other has it by now',
    module: DRAFT,
    text: 'if (isLocallyStale || !isSameVersion(write.base, state.version)) {',
    replacement: 'if (!isCheck(write) && (isLocallyStale || !isSameVersion(write.base, state.version))) {',
  },
  {
    name: 'nothing-forced',
    weakening: 'a system never forces what it has done',
    module: WRITER,
    text: 'this.#count(this.#storage.force())',
    replacement: 'this.#count(true)',
  },
  {
    name: 'answer-before-force',
    weakening: 'a system answers while what it has done is still being forced',
    module: 'test/simulation/cluster/system-process.ts',
    text: '    this.#isForcing = true\n',
    replacement: '    this.#isForcing = true\n    this.#reply(answers)\n',
  },
  {
    name: 'locks-forgotten-in-a-restart',
    weakening: 'after a restart nobody holds the locks of what is prepared',
    module: LEDGER,
    text: 'locks.restore(id, age, footprint(effects))',
    replacement: 'void [age, effects]',
  },
  {
    name: 'locks-freed-by-the-vote',
    weakening: 'locks are held until the vote instead of until the end',
    module: LEDGER,
    text: "if (vote.vote !== 'YES' || vote.state !== 'PREPARED') this.#release(request.id)",
    replacement: 'this.#release(request.id)',
  },
  {
    name: 'locks-never-freed-by-an-abort',
    weakening: 'an abort leaves its locks behind',
    module: LEDGER,
    text: "this.#storage.end(id, { state: 'ABORTED', sequence: null, at: now, leftOut: [] })\n    this.#end(id)",
    replacement: "this.#storage.end(id, { state: 'ABORTED', sequence: null, at: now, leftOut: [] })",
  },
  {
    name: 'one-yes-is-enough',
    weakening: 'the first yes decides',
    module: PROTOCOL,
    text: 'if (open.size > 0) return stay({ ...state, yes, open })\n  return commit(\n    state.answered,\n    yes.map((one) => one.system),',
    replacement: 'return commit(\n    state.answered,\n    [...yes.map((one) => one.system), ...open.keys()],',
  },
  {
    name: 'acknowledged-too-early',
    weakening: 'a commit is told as complete when the first system has it',
    module: PROTOCOL,
    text: "if (open.size > 0) return stay({ ...state, open })\n  return { state: { state: 'COMMITTED',",
    replacement: "if (open.size > 1) return stay({ ...state, open })\n  return { state: { state: 'COMMITTED',",
  },
  {
    name: 'another-plan-counts-as-a-yes',
    weakening: 'an id that is held under another plan is taken for a yes',
    module: FACTS,
    text: "case 'FOREIGN':\n      return { holds: 'NO', violations: [], foreign: true }\n    default:\n      return impossible(vote)",
    replacement:
      "case 'FOREIGN':\n      return { holds: 'PREPARED', leftOut: NOBODY }\n    default:\n      return impossible(vote)",
  },
  {
    name: 'unknown-told-as-refused',
    weakening: 'a caller whose time is over is told that nothing was written',
    module: ATTEMPTS,
    text: "return { outcome: answer('UNDECIDED', [undecided(series.idempotency !== null)]), refused: null }",
    replacement:
      "return { outcome: { ...answer('DECIDED', []), transaction: { ...transaction, state: 'REVERTED' } }, refused: null }",
  },
  {
    name: 'another-plan-told-as-refused',
    weakening: 'a gateway whose plan lost to another plan of the same request says that nothing was written',
    module: ATTEMPTS,
    text: 'return idempotency !== null && refusals.some((refusal) => refusal.foreign)',
    replacement: 'void [idempotency, refusals]\n  return false',
  },
  {
    name: 'keys-forgotten',
    weakening: 'an idempotency key does not lead to the attempts that were made under it',
    module: ATTEMPTS,
    text: 'return idempotency === null ? uuidV7(clock.now(), random.bytes(10)) : attemptId(idempotency.key, attempt)',
    replacement: 'void [idempotency, attempt, attemptId]\n  return uuidV7(clock.now(), random.bytes(10))',
  },
  {
    name: 'undecided-told-as-committing',
    weakening: 'a caller is told of a commit that is not decided',
    module: 'gateway/coordinator/view.ts',
    text: "const name = state.state === 'DECIDING' ? 'PREPARING' : state.state",
    replacement: "const name = state.state === 'DECIDING' ? 'COMMITTING' : state.state",
  },
  {
    name: 'final-refusals-tried-again',
    weakening: 'a request that was refused for good is tried again under its key',
    module: 'gateway/coordinator/idempotency.ts',
    text: '&& !isFinal(violations)',
    replacement: '&& !(isFinal(violations) && attemptOf(first) < 0)',
  },
  {
    name: 'batch-tried-again-under-its-key',
    weakening:
      'a batch that was called off is made again under its key, after its members were told that they are refused',
    module: 'gateway/coordinator/idempotency.ts',
    text: 'over && first.members === undefined',
    replacement: 'over',
  },
  {
    name: 'the-younger-waits-too',
    weakening: 'whoever finds a lock taken waits, however young',
    module: LOCKS,
    text: "if (!isOldest || isOvertaking) return { answer: 'DIE', lock }",
    replacement: 'void [isOldest, isOvertaking]',
  },
  {
    name: 'refusals-of-others-forgotten',
    weakening: 'a batch is committed without whom the first system refuses, whatever the other says',
    module: STATE,
    text: 'if (others.length === 0) return first',
    replacement: 'if (others.length >= 0) return first',
  },
  {
    name: 'members-as-each-refuses-them',
    weakening: 'a system commits whom it has not refused itself, whatever was agreed',
    module: LEDGER,
    text: 'const prepared = this.#prepared.get(id)',
    replacement: 'const prepared = this.#prepared.get(id)\n    leftOut = prepared?.leftOut ?? leftOut',
  },
  {
    name: 'resolver-goes-by-its-own-view',
    weakening: 'who finds a commit goes by the refusals that it knows, and not by what was agreed',
    module: PROTOCOL,
    text: 'const entered = commit(answered, systems, { members: agreed.members, violations })',
    replacement: 'const entered = commit(answered, systems, union(yes.map(({ leftOut }) => leftOut)))',
  },
  {
    name: 'fence-hides-refused-members',
    weakening: 'a fence that finds a yes does not tell whom of a batch it refuses',
    module: LEDGER,
    text: 'return { state: row.state, ...leftOutOf(row) }',
    replacement: 'return { state: row.state }',
  },
  {
    name: 'left-out-members-applied',
    weakening: 'a commit writes down who is left out, and applies all that was prepared',
    module: LEDGER,
    text: 'this.#storage.apply(withoutMembers(prepared.writes, leftOut), { transaction: id, at: now })',
    replacement: 'this.#storage.apply(prepared.writes, { transaction: id, at: now })',
  },
  {
    name: 'left-out-members-forgotten',
    weakening: 'a commit applies who is in it, and its row does not keep who is left out',
    module: LEDGER,
    text: "this.#storage.end(id, { state: 'COMMITTED', sequence: this.#sequence + 1, at: now, leftOut })",
    replacement: "this.#storage.end(id, { state: 'COMMITTED', sequence: this.#sequence + 1, at: now, leftOut: [] })",
  },
  {
    name: 'locks-of-left-out-members-kept',
    weakening: 'the commit of a batch without some of its members frees no locks',
    module: LEDGER,
    text: 'this.#tally.committed.push(id)\n    this.#end(id)',
    replacement: 'this.#tally.committed.push(id)\n    if (leftOut.length === 0) this.#end(id)',
  },
  {
    name: 'members-share-locks',
    weakening: 'two members of a batch may write one record',
    module: 'subgraphs/kit/participant/judge-members.ts',
    text: 'isTaken(taken, lock) || !isFree(lock)',
    replacement: '!isFree(lock)',
  },
  {
    name: 'batch-takes-no-locks',
    weakening: 'a batch looks at the locks of others and takes none',
    module: LEDGER,
    text: 'this.#locks.take(id, age, locks)',
    replacement: 'this.#locks.take(id, age, locks.slice(locks.length))',
  },
]

/** Throws a RangeError for a name that no mutant has. */
export function mutantOf(name: string): Mutant {
  const mutant = MUTANTS.find((one) => one.name === name)
  if (mutant === undefined) throw new RangeError(`There is no mutant ${name}`)
  return mutant
}
