/** Starts the CRM in a process of its own. */

import { runAlone } from '../kit/alone.ts'
import { CRM } from './system.ts'

await runAlone(CRM, { port: 4001 })
