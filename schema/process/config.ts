/**
 * Every setting of a process of Lockstep: its environment variable, its default and its check. Read once at the start;
 * the rest of the code receives values and never sees the environment.
 */

import { z } from 'zod'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const MEBIBYTE = 1024 * 1024
const GIBIBYTE = 1024 * MEBIBYTE

interface Setting<T> {
  readonly variable: string
  readonly default: T
  readonly check: z.ZodType<T>
  readonly description: string
}

const setting = <T>(
  variable: string,
  defaultValue: T,
  check: z.ZodType<NoInfer<T>>,
  description: string,
): Setting<T> => ({
  variable,
  default: defaultValue,
  check,
  description,
})

const text = z.string().min(1)

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must lie between ${min} and ${max}`)

const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true')

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
const logLevel = z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })

const token = z.string().regex(/^[\x21-\x7e]{16,}$/, 'must be at least 16 visible ASCII characters without a space')

/** Scheme, host and port: what is asked for there is known. */
const origin = z.string().transform((text, { addIssue }) => {
  const url = URL.parse(text)
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.href === `${url.origin}/`) return url.origin
  addIssue('must be an address like http://127.0.0.1:4000, without a path')
  return z.NEVER
})

const origins = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(origin).min(1))
  .readonly()

export const SETTINGS = {
  host: setting('LOCKSTEP_HOST', '127.0.0.1', text, 'Address to listen on.'),
  port: setting('LOCKSTEP_PORT', 4000, whole(0, 65_535), 'Port to listen on; 0 takes any that is free.'),
  dataDirectory: setting('LOCKSTEP_DATA_DIR', './data', text, 'Folder of the stores; made where it does not exist.'),
  sampleData: setting('LOCKSTEP_SAMPLE_DATA', true, flag, 'Whether empty stores are filled with sample data.'),
  serviceToken: setting<string | null>(
    'LOCKSTEP_SERVICE_TOKEN',
    null,
    token,
    'Bearer token of the internal routes, which are closed without one; processes of their own cannot do without.',
  ),
  crmUrl: setting(
    'LOCKSTEP_CRM_URL',
    'http://127.0.0.1:4001',
    origin,
    'Where a gateway finds a CRM of its own process.',
  ),
  erpUrl: setting(
    'LOCKSTEP_ERP_URL',
    'http://127.0.0.1:4002',
    origin,
    'Where a gateway finds an ERP of its own process.',
  ),
  gatewayUrls: setting<readonly string[]>(
    'LOCKSTEP_GATEWAY_URLS',
    ['http://127.0.0.1:4000'],
    origins,
    'Where a system of its own process finds gateways for its native writes: one, or several with commas between them.',
  ),
  callTimeoutMs: setting(
    'LOCKSTEP_CALL_TIMEOUT_MS',
    5 * SECOND,
    whole(1, 10 * MINUTE),
    'Longest time that another process of Lockstep may take to answer a call, in milliseconds.',
  ),
  logLevel: setting<LogLevel>('LOCKSTEP_LOG_LEVEL', 'info', logLevel, 'Least severe log line that is written.'),
  bodyBytesMax: setting(
    'LOCKSTEP_BODY_LIMIT_BYTES',
    2 * MEBIBYTE,
    whole(1_024, 64 * MEBIBYTE),
    'Largest request body, and largest message over a WebSocket, in bytes.',
  ),
  uploadBytesMax: setting(
    'LOCKSTEP_UPLOAD_BYTES_MAX',
    GIBIBYTE,
    whole(1, 1024 * GIBIBYTE),
    'Largest file of an upload as it is sent, zipped or not, in bytes.',
  ),
  uploadExpiresMs: setting(
    'LOCKSTEP_UPLOAD_EXPIRES_MS',
    DAY,
    whole(MINUTE, 90 * DAY),
    'Time after which an upload expires that no import keeps, in milliseconds.',
  ),
  importsKeepMs: setting(
    'LOCKSTEP_IMPORTS_KEEP_MS',
    30 * DAY,
    whole(MINUTE, 1_000 * DAY),
    'How long an import is known after its end, with the outcomes of its rows and its file, in milliseconds.',
  ),
  uploadsMax: setting(
    'LOCKSTEP_UPLOADS_MAX',
    1_000,
    whole(1, 100_000),
    'Uploads that are kept at once, expired ones too.',
  ),
  requestsInFlightMax: setting(
    'LOCKSTEP_REQUESTS_IN_FLIGHT_MAX',
    2_000,
    whole(1, 1_000_000),
    'GraphQL requests that are worked on at once; more are refused with status 503.',
  ),
  connectionsMax: setting(
    'LOCKSTEP_CONNECTIONS_MAX',
    10_000,
    whole(1, 1_000_000),
    'WebSockets and event streams that are open at once; more are refused with status 503.',
  ),
  subscriptionsPerConnectionMax: setting(
    'LOCKSTEP_SUBSCRIPTIONS_PER_CONNECTION_MAX',
    100,
    whole(1, 10_000),
    'Subscriptions on one WebSocket; more are refused as OVERLOADED.',
  ),
  subscriptionsMax: setting(
    'LOCKSTEP_SUBSCRIPTIONS_MAX',
    20_000,
    whole(1, 1_000_000),
    'Subscriptions in all; more are refused as OVERLOADED.',
  ),
  subscriberSlowMs: setting(
    'LOCKSTEP_SUBSCRIBER_SLOW_MS',
    30 * SECOND,
    whole(100, 10 * MINUTE),
    'Longest time that a subscriber may stay behind before it is sent away as a SLOW_CONSUMER, in milliseconds.',
  ),
  pageOrigins: setting<readonly string[]>(
    'LOCKSTEP_PAGE_ORIGINS',
    [],
    origins,
    'Where web pages come from that may open WebSockets, besides the host that they open them to.',
  ),
  writesInFlightMax: setting(
    'LOCKSTEP_IN_FLIGHT_MAX',
    1_000,
    whole(1, 1_000_000),
    'Writes that are coordinated at once; more are refused as OVERLOADED.',
  ),
  pageSizeMax: setting('LOCKSTEP_PAGE_MAX', 500, whole(50, 10_000), 'Largest `first` of a connection.'),
  queryDepthMax: setting('LOCKSTEP_MAX_DEPTH', 15, whole(5, 1_000), 'Deepest nesting of a GraphQL operation.'),
  queryTokensMax: setting('LOCKSTEP_MAX_TOKENS', 5_000, whole(100, 1_000_000), 'Most tokens in a GraphQL document.'),
  timeoutDefaultMs: setting(
    'LOCKSTEP_DEFAULT_TIMEOUT_MS',
    10 * SECOND,
    whole(1, 10 * MINUTE),
    'Time that a write has to be decided where its caller gives none, in milliseconds.',
  ),
  timeoutMaxMs: setting(
    'LOCKSTEP_MAX_TIMEOUT_MS',
    60 * SECOND,
    whole(1, 10 * MINUTE),
    'Longest time that a caller may give a write, in milliseconds.',
  ),
  changesKeepMs: setting(
    'LOCKSTEP_CHANGES_KEEP_MS',
    7 * DAY,
    whole(SECOND, 1_000 * DAY),
    'How long changes are kept for those who want to go on from an earlier one, in milliseconds.',
  ),
  changesKeepBytes: setting(
    'LOCKSTEP_CHANGES_KEEP_BYTES',
    GIBIBYTE,
    whole(MEBIBYTE, 1_024 * GIBIBYTE),
    'Largest size of all changes that are kept, in bytes; the oldest go first.',
  ),
  drainMs: setting(
    'LOCKSTEP_DRAIN_MS',
    10 * SECOND,
    whole(0, 10 * MINUTE),
    'Longest time that work in flight may take to finish at shutdown, in milliseconds.',
  ),
} as const

export type Config = {
  readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never
}

/** The environment does not describe a configuration. `faults` names every variable at fault, one line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(['The configuration is wrong:', ...faults.map((fault) => `  ${fault}`)].join('\n'))
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/**
 * An unset or empty variable stands for the default, which `defaults` may replace for a kind of process. Throws a
 * {@link ConfigError} with every fault found.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  defaults: Partial<Pick<Config, 'port' | 'sampleData'>> = {},
): Config {
  const faults: string[] = []
  const read = <T>(setting: Setting<T>, otherwise = setting.default): T => {
    const given = env[setting.variable]
    if (given === undefined || given === '') return otherwise
    const checked = setting.check.safeParse(given)
    if (checked.success) return checked.data
    faults.push(...checked.error.issues.map((issue) => `${setting.variable} ${issue.message}`))
    return otherwise
  }

  const config: Config = {
    host: read(SETTINGS.host),
    port: read(SETTINGS.port, defaults.port),
    dataDirectory: read(SETTINGS.dataDirectory),
    sampleData: read(SETTINGS.sampleData, defaults.sampleData),
    serviceToken: read(SETTINGS.serviceToken),
    crmUrl: read(SETTINGS.crmUrl),
    erpUrl: read(SETTINGS.erpUrl),
    gatewayUrls: read(SETTINGS.gatewayUrls),
    callTimeoutMs: read(SETTINGS.callTimeoutMs),
    logLevel: read(SETTINGS.logLevel),
    bodyBytesMax: read(SETTINGS.bodyBytesMax),
    uploadBytesMax: read(SETTINGS.uploadBytesMax),
    uploadExpiresMs: read(SETTINGS.uploadExpiresMs),
    importsKeepMs: read(SETTINGS.importsKeepMs),
    uploadsMax: read(SETTINGS.uploadsMax),
    requestsInFlightMax: read(SETTINGS.requestsInFlightMax),
    connectionsMax: read(SETTINGS.connectionsMax),
    subscriptionsPerConnectionMax: read(SETTINGS.subscriptionsPerConnectionMax),
    subscriptionsMax: read(SETTINGS.subscriptionsMax),
    subscriberSlowMs: read(SETTINGS.subscriberSlowMs),
    pageOrigins: read(SETTINGS.pageOrigins),
    writesInFlightMax: read(SETTINGS.writesInFlightMax),
    pageSizeMax: read(SETTINGS.pageSizeMax),
    queryDepthMax: read(SETTINGS.queryDepthMax),
    queryTokensMax: read(SETTINGS.queryTokensMax),
    timeoutDefaultMs: read(SETTINGS.timeoutDefaultMs),
    timeoutMaxMs: read(SETTINGS.timeoutMaxMs),
    changesKeepMs: read(SETTINGS.changesKeepMs),
    changesKeepBytes: read(SETTINGS.changesKeepBytes),
    drainMs: read(SETTINGS.drainMs),
  }

  if (config.timeoutDefaultMs > config.timeoutMaxMs) {
    faults.push(`${SETTINGS.timeoutDefaultMs.variable} must not exceed ${SETTINGS.timeoutMaxMs.variable}`)
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return Object.freeze(config)
}
