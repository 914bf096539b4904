/** A whole Lockstep, listening on a port of its own over a folder of its own, and clients that speak to it over HTTP. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphQLClient } from 'graphql-request'
import { type App, createApp } from '../../gateway/app.ts'
import { type Config, readConfig } from '../../schema/process/config.ts'
import type { Log } from '../../schema/process/log.ts'

export interface Lockstep {
  readonly url: string
  readonly directory: string
  readonly app: App
  /** The unified graph. */
  readonly graph: GraphQLClient
  /** The systems' native APIs. */
  readonly crm: GraphQLClient
  readonly erp: GraphQLClient
  stop(): Promise<void>
}

export async function startLockstep(overrides: Partial<Config> = {}, log?: Log): Promise<Lockstep> {
  const directory = overrides.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'lockstep-')))
  const config: Config = { ...readConfig({}), port: 0, logLevel: 'silent', dataDirectory: directory, ...overrides }
  const app = await createApp(config, { clock: Date.now, random: Math.random }, log)
  const { url } = await app.listen()
  return {
    url,
    directory,
    app,
    graph: new GraphQLClient(`${url}/graphql`),
    crm: new GraphQLClient(`${url}/crm/graphql`),
    erp: new GraphQLClient(`${url}/erp/graphql`),
    async stop() {
      await app.close()
      if (overrides.dataDirectory === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}

export interface WriteError {
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
  readonly system: 'CRM' | 'ERP' | null
  readonly table: string | null
  readonly column: string | null
  readonly retryable: boolean
}

export interface Payload {
  readonly id: string | null
  readonly transaction: {
    readonly id: string
    readonly state: string
    readonly legs: readonly { readonly system: 'CRM' | 'ERP'; readonly state: string }[]
  } | null
  readonly errors: readonly WriteError[]
}

export const PAYLOAD = `
  id
  transaction { id state legs { system state } }
  errors { code message path system table column retryable }
`

/** A write through the graph, for example `write(graph, 'createCustomer', { input })`. */
export async function write(
  client: GraphQLClient,
  mutation: string,
  variables: { readonly id?: string; readonly input?: object; readonly options?: object },
): Promise<Payload> {
  const entity = mutation.replace(/^(create|update|upsert|delete)/, '')
  const inputType = `${mutation.startsWith('update') ? 'Update' : 'Create'}${entity}Input!`
  const declared = [
    ...('id' in variables ? ['$id: ID!'] : []),
    ...('input' in variables ? [`$input: ${inputType}`] : []),
    ...('options' in variables ? ['$options: WriteOptions'] : []),
  ]
  const passed = Object.keys(variables).map((name) => `${name}: $${name}`)
  const document = `mutation Write(${declared.join(', ')}) { ${mutation}(${passed.join(', ')}) { ${PAYLOAD} } }`
  const data = await client.request<Record<string, Payload>>(document, variables)
  const payload = data[mutation]
  if (payload === undefined) throw new TypeError(`no answer to ${mutation}`)
  return payload
}
