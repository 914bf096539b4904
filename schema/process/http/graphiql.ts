/** The page that a browser sees at a GraphQL endpoint: GraphiQL, all in one file, with examples ready to send. */

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GraphRoute } from './parts.ts'

/** The page needs nothing but itself and its endpoint; the browser is told to see to that. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data: blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="26" height="26" fill="none" stroke="#0b7285"
  stroke-width="3"><circle cx="12" cy="16" r="8"/><circle cx="20" cy="16" r="8"/></svg>`

const FAVICON = `data:image/svg+xml,${encodeURIComponent(LOGO)}`

const wantsPage = (request: FastifyRequest): boolean =>
  request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')

const takesGzip = (request: FastifyRequest): boolean =>
  /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '')

/** An `onRequest` hook that answers a browser's GET with the page. It is made when first asked for: it is large. */
export function graphiqlPage(graph: Pick<GraphRoute, 'path' | 'page'>) {
  let made: Promise<Page> | undefined
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (!wantsPage(request)) return undefined
    made ??= makePage(graph)
    const page = await made
    reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY)
    reply.header('x-content-type-options', 'nosniff').header('vary', 'accept, accept-encoding')
    return takesGzip(request) ? reply.header('content-encoding', 'gzip').send(page.zipped) : reply.send(page.plain)
  }
}

interface Page {
  readonly plain: Buffer
  readonly zipped: Buffer
}

async function makePage({ path, page }: Pick<GraphRoute, 'path' | 'page'>): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const tabs = page.examples.map(({ query, variables }) => ({ query, variables: JSON.stringify(variables, null, 2) }))
  const html = renderGraphiQL({
    endpoint: path,
    title: page.title,
    logo: LOGO,
    favicon: FAVICON,
    defaultTabs: tabs,
    ...(page.subscriptions && { subscriptionsProtocol: 'WS' }),
  })
  const plain = Buffer.from(html.replace('<script>', () => `<script>${storageScript(path, tabs[0]?.variables)}`))
  return { plain, zipped: await promisify(gzip)(plain) }
}

/**
 * Runs before GraphiQL. The pages share an origin, so each keeps its tabs under its own prefix. GraphiQL opens the first
 * of its default tabs without the tab's variables and takes the ones it last stored: they are stored for it.
 */
const storageScript = (path: string, firstVariables = ''): string => `{
  const stored = window.localStorage
  const named = (key) => ${JSON.stringify(`lockstep${path}:`)} + key
  const storage = {
    getItem: (key) => stored.getItem(named(key)),
    setItem: (key, value) => stored.setItem(named(key), value),
    removeItem: (key) => stored.removeItem(named(key)),
  }
  Object.defineProperty(window, 'localStorage', { value: storage })
  if (storage.getItem('graphiql:tabState') === null) {
    storage.setItem('graphiql:variables', ${JSON.stringify(firstVariables)})
  }
}
`
