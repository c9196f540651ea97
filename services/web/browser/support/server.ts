// Runs the real program: sets up data directories, starts servers on free ports, and ends each by its own pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface Server {
  origin: string;
  port: number;
  stop: () => Promise<void>;
}

/** Ingesting the starter corpus takes a minute on two slow cores beside other work. */
const SETUP_MS = 600_000;
const READY_MS = 120_000;

export function binary(): string {
  const { OSLER_BIN, CARGO_TARGET_DIR } = process.env;
  const target = CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../../../target');
  const path = resolve(OSLER_BIN ?? join(target, 'debug/osler'));
  if (!existsSync(path)) throw new Error(`there is no ${path}: run make build, or name the program with OSLER_BIN`);
  return path;
}

/** Runs a command of the program to its end, with a line to read, if it reads one. */
export async function osler(args: string[], line = ''): Promise<void> {
  const { child, said } = run(args, line);
  const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), SETUP_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new Error(`osler ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${said()}`);
}

/** Somebody with an account at the services of the tests. */
export interface Person {
  name: string;
  fullName: string;
  role: string;
  password: string;
}

const person = (name: string, fullName: string, role: string): Person => ({ name, fullName, role, password: 'correct horse battery' });

export const CLINICIAN = person('clara', 'Clara Clinician', 'clinician');
export const SECOND_CLINICIAN = person('colin', 'Colin Clinician', 'clinician');
export const LIBRARIAN = person('lina', 'Lina Librarian', 'librarian');
export const SECOND_LIBRARIAN = person('leo', 'Leo Librarian', 'librarian');
export const PUBLISHER = person('paul', 'Paul Publisher', 'publisher');
export const AUDITOR = person('auditor', 'Ava Auditor', 'auditor');
export const ADMIN = person('ada', 'Ada Administrator', 'admin');
export const PEOPLE = [CLINICIAN, SECOND_CLINICIAN, LIBRARIAN, SECOND_LIBRARIAN, PUBLISHER, AUDITOR, ADMIN];

/** Makes a data directory with the starter corpus. While working on tests, one made before and named saves the minute. */
export async function starter(data: string): Promise<void> {
  const made = process.env['OSLER_BROWSER_SEED'];
  if (made) await cp(made, data, { recursive: true });
  else await osler(['demo', '--setup-only', '--data', data]);
  for (const { name, fullName, role, password } of PEOPLE) {
    await osler(['account', 'add', name, '--full-name', fullName, '--role', role, '--data', data], password);
  }
}

/** Whoever comes without a name may ask, beside those who have accounts. */
export const OPEN = '[identity]\nanonymous = true\n';

/** Starts a server and waits until it can answer. A port is given where it must be the one it had before; a file, to configure it. */
export async function serve(data: string, port?: number, config?: string): Promise<Server> {
  const at = port ?? (await freePort());
  const origin = `http://127.0.0.1:${at}`;
  const own = join(data, 'browser.toml');
  if (config === undefined) await writeFile(own, OPEN);
  const { child, said } = run(['serve', '--data', data, '--listen', `127.0.0.1:${at}`, '--config', config ?? own]);
  const stop = async () => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    // A question in work may hold it up for as long as the model takes.
    const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  };
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(origin))) {
    if (hasEnded(child)) throw new Error(`the server ended before it was ready:\n${said()}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`the server was not ready after ${READY_MS / 1000} s:\n${said()}`);
    }
    await setTimeout(50);
  }
  return { origin, port: at, stop };
}

function run(args: string[], line = ''): { child: ChildProcess; said: () => string } {
  const { OSLER_MODELS, HOME, PATH, XDG_CACHE_HOME } = process.env;
  // Nothing else of the environment: a configuration of whoever runs the tests must not change what they see.
  const env = Object.fromEntries(Object.entries({ OSLER_MODELS, HOME, PATH, XDG_CACHE_HOME }).filter(([, value]) => value));
  // The log's guard belongs to this copy of the data: copies have one key.
  const state = `${args[args.indexOf('--data') + 1] ?? ''}.state`;
  const child = spawn(binary(), args, { env: { ...env, OSLER_LOG: 'error', XDG_STATE_HOME: state }, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(`${line}\n`);
  // Should the tests end in some other way than theirs, no server is left behind.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-2000);
    });
  }
  return { child, said: () => tail };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function isReady(origin: string): Promise<boolean> {
  return fetch(`${origin}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  return address.port;
}
