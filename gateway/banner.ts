/** What the process prints once it is ready: where everything is, and what to try. */

import type { Config } from '../schema/process/config.ts'
import { EXAMPLES } from './examples.ts'

/** `url` is the server's own, without a path. */
export const banner = (url: string, config: Pick<Config, 'dataDirectory' | 'serviceToken'>): string =>
  `Lockstep is ready.

  Both systems as one graph   ${url}/graphql
  The CRM's native API        ${url}/crm/graphql
  The ERP's native API        ${url}/erp/graphql
  Health                      ${url}/health/ready
  Stores                      ${config.dataDirectory}
  Internal routes             ${config.serviceToken === null ? 'closed: no LOCKSTEP_SERVICE_TOKEN' : 'open to the service token'}

Open ${url}/graphql in a browser. These examples are ready to send:
${EXAMPLES.map((example, index) => `  ${index + 1}. ${example.title}`).join('\n')}
Then stop the process in any way you like and start it again: nothing is lost.

`
