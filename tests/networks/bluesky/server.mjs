// A Bluesky of one server, without an AppView: a PDS and a PLC directory on the two ports given. It says where it
// is in one line of JSON, and ends with its standard input.
import { TestNetworkNoAppView } from '@atproto/dev-env'

const [port, plc] = process.argv.slice(2).map(Number)
// Else the PDS would ask an AppView for every record that it has not, and wait for its name.
const nobody = { bskyAppViewUrl: undefined, bskyAppViewDid: undefined, bskyAppViewCdnUrlPattern: undefined }
const network = await TestNetworkNoAppView.create({ pds: { port, ...nobody }, plc: { port: plc } })
console.log(JSON.stringify({ pds: network.pds.url, admin: network.pds.adminAuth() }))
process.stdin.resume()
process.stdin.on('end', async () => {
  await network.close()
  process.exit(0)
})
