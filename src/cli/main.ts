#!/usr/bin/env node
import { flagsync } from './flagsync';
import { Terminal } from './terminal';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // whoever read has seen enough, as `head` does
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

void flagsync(process.argv.slice(2), new Terminal(process.stdout, process.stderr)).then((code) => {
  process.exitCode = code;
});
