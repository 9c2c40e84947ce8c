/**
 * A small application: evaluates flags for a few users, and again after every push.
 *
 * Where the flags come from, environment variables tell it (FLAGD_HOST, FLAGD_PORT, …), as they do in production.
 */
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';
import { showTable } from './table.mjs';

const [hint] = process.argv.slice(2);

const users = [
  { targetingKey: 'ada', plan: 'enterprise', appVersion: '3.1.0', email: 'ada@example.com' },
  { targetingKey: 'ben', plan: 'pro', appVersion: '2.2.9', email: 'ben@acme.test' },
  { targetingKey: 'chloé', plan: 'free', appVersion: '2.10.0', email: 'chloe@acme.test' },
  { targetingKey: 'jürgen', plan: 'team', appVersion: '2.3.0-rc.1', email: 'juergen@example.com' },
];

const client = OpenFeature.getClient();

/** What the application wants to know of each user. The second argument is the answer if there is no other. */
const questions = {
  checkout: (user) => client.getBooleanValue('checkout', true, user),
  'new-search': (user) => client.getBooleanValue('new-search', false, user),
  'upload-limit-mb': (user) => client.getNumberValue('upload-limit-mb', 10, user),
  'live-chat': (user) => client.getBooleanValue('live-chat', false, user),
  'list-settings': (user) => client.getObjectValue('list-settings', { pageSize: 20, density: 'relaxed' }, user),
};

async function answerAll() {
  const rows = await Promise.all(
    Object.entries(questions).map(async ([flag, ask]) => ({ flag, answers: await Promise.all(users.map(ask)) })),
  );
  return { users, rows };
}

let table;
let lastUpdate = Promise.resolve();

/** Evaluates anew and shows it: one update after the other, also if pushes come faster than that. */
function update(message, flagsChanged = []) {
  lastUpdate = lastUpdate.then(async () => {
    const before = table;
    table = await answerAll();
    showTable({ hint, table, before, message, flagsChanged });
    // whoever has started this process may be gone by now
    const answers = Object.fromEntries(table.rows.map((row) => [row.flag, row.answers]));
    if (process.connected) process.send(answers, () => {});
  });
}

/** Closing the provider leaves nothing that keeps the process alive. */
async function close() {
  if (process.connected) process.disconnect();
  await OpenFeature.close();
}
process.once('SIGINT', close);
process.once('SIGTERM', close);
process.once('disconnect', close);
process.stdout.once('error', close);

await OpenFeature.setProviderAndWait(new GrpcSyncProvider()).catch((error) => {
  // not the end: the first flags make the provider ready whenever they come
  console.error(`There are no flags yet: ${error.message}`);
});

let isLost = false;
OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, ({ flagsChanged }) => update('pushed', flagsChanged));
OpenFeature.addHandler(ProviderEvents.Stale, () => {
  isLost = true;
  update('The flag server is gone; the flags it sent stay in use');
});
OpenFeature.addHandler(ProviderEvents.Ready, () => {
  update(isLost ? 'The flag server is back' : 'The flags are here');
  isLost = false;
});
