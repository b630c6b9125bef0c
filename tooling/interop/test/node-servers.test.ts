import { curl } from '../src/clients/curl.ts'
import { eventsource, eventsourceOverHttp2, undici } from '../src/clients/event-source.ts'
import { matrix } from '../src/matrix.ts'
import { nodeServers } from '../src/servers/node.ts'
import { webServers } from '../src/servers/web.ts'

matrix([...nodeServers, ...webServers], [eventsource, eventsourceOverHttp2, undici, curl])
