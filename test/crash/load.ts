/**
 * Clients that write until the process under them dies. Each owns its customers, so it knows what it was told of them
 * and what the last, unanswered write may have done.
 */

interface Answer {
  readonly data?: {
    readonly payload: {
      readonly transaction: { readonly id: string; readonly state: string } | null
      readonly errors: readonly { readonly code: string; readonly message: string }[]
    }
  }
}

/** What a client knows of one customer: the memo it was last told is kept, and the one it was never answered about. */
export interface Belief {
  readonly number: string
  /** Null: no acknowledged write, or an acknowledged delete. */
  readonly memo: string | null
  /** Undefined: nothing in doubt; null: a delete. */
  readonly doubted: string | null | undefined
}

export interface Report {
  readonly beliefs: readonly Belief[]
  /** Ids of transactions that an answer called COMMITTED. */
  readonly committed: readonly string[]
  readonly unexpected: readonly string[]
}

export interface Siege {
  readonly url: string
  /** Makes the customers' numbers its own. */
  readonly name: string
  readonly clients: number
  readonly acknowledged: number
}

const CUSTOMERS_EACH = 3

/** Runs clients until each has a request without an answer; `kill` is called once so many writes were acknowledged. */
export function writeUntilKilled(
  { url, name, clients, acknowledged }: Siege,
  kill: () => void,
): Promise<readonly Report[]> {
  let left = acknowledged
  const countDown = () => {
    left -= 1
    if (left === 0) kill()
  }
  return Promise.all(Array.from({ length: clients }, (_, at) => writeUntilDeath(url, `${name}-${at}`, countDown)))
}

/** Runs one client until its first request without an answer; `name` makes its customers' numbers its own. */
async function writeUntilDeath(url: string, name: string, acknowledged: () => void): Promise<Report> {
  const beliefs = new Map<string, Belief>()
  const committed: string[] = []
  const unexpected: string[] = []
  for (let turn = 0; ; turn += 1) {
    const number = `${name}-${turn % CUSTOMERS_EACH}`
    const held = beliefs.get(number)?.memo ?? null
    const memo = held !== null && turn % 7 === 6 ? null : `${name} ${turn}`
    beliefs.set(number, { number, memo: held, doubted: memo })
    const answer = await send(url, mutation(number, memo, held === null))
    if (answer === null) return { beliefs: [...beliefs.values()], committed, unexpected }
    const { transaction, errors } = answer.data?.payload ?? { transaction: null, errors: [] }
    if (transaction?.state === 'COMMITTED') {
      committed.push(transaction.id)
      beliefs.set(number, { number, memo, doubted: undefined })
      acknowledged()
    } else {
      beliefs.set(number, { number, memo: held, doubted: undefined })
      unexpected.push(JSON.stringify(errors.length > 0 ? errors : answer))
    }
  }
}

function mutation(number: string, memo: string | null, isNew: boolean): string {
  const payload = '{ transaction { id state } errors { code message } }'
  if (memo === null) return `mutation { payload: deleteCustomer(id: "${idOf(number)}") ${payload} }`
  if (!isNew)
    return `mutation { payload: updateCustomer(id: "${idOf(number)}", input: { memo: "${memo}" }) ${payload} }`
  const fields = `company: "usmf", number: "${number}", name: "${number}", memo: "${memo}", group: { code: "RETAIL" }`
  return `mutation { payload: createCustomer(input: { ${fields} }) ${payload} }`
}

function idOf(number: string): string {
  return Buffer.from(JSON.stringify(['Customer', 'usmf', number])).toString('base64url')
}

/** Null: the connection broke, so nobody knows what became of the write. */
async function send(url: string, query: string): Promise<Answer | null> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    return (await response.json()) as Answer
  } catch {
    return null
  }
}
