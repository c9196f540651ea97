// What journeys begin from: things done at the server past the pages, by people with accounts.
import { setTimeout } from 'node:timers/promises';
import type { Answer } from '../../src/api/types';
import type { Ingest } from '../../src/library/types';
import type { File } from './desk';
import type { Person } from './server';

export interface Caller {
  call: <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<T>;
  ask: (question: string) => Promise<Answer>;
  /** Takes files in, and waits until that is over. */
  takeIn: (files: readonly File[], corpus?: string) => Promise<void>;
}

/** Somebody who has signed in; without a person, whoever comes along. */
export async function caller(origin: string, who?: Person): Promise<Caller> {
  const headers: Record<string, string> = {};
  const send = async (method: string, path: string, body?: FormData | string, type?: string) => {
    const response = await fetch(new URL(path, origin), {
      method,
      headers: { ...headers, ...(type ? { 'content-type': type } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await send(method, path, ...(body === undefined ? [] : [JSON.stringify(body), 'application/json']));
    return (response.status === 204 ? null : await response.json()) as T;
  };
  if (who) {
    const credentials = JSON.stringify({ name: who.name, password: who.password });
    const response = await send('POST', '/v1/session', credentials, 'application/json');
    headers['cookie'] = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
  }
  const takeIn = async (files: readonly File[], corpus = 'starter') => {
    const form = new FormData();
    for (const { file, text } of files) form.append('file', new Blob([text]), file);
    const begun = (await (await send('POST', `/v1/library/ingests?corpus=${corpus}`, form)).json()) as Ingest;
    for (let run = begun; run.state !== 'done'; run = await call<Ingest>('GET', `/v1/library/ingests/${begun.id}`)) {
      if (run.state === 'failed' || run.state === 'stopped') throw new Error(`taking in has ${run.state}: ${run.error ?? ''}`);
      await setTimeout(100);
    }
  };
  return { call, ask: (question) => call<Answer>('POST', '/v1/answers', { question }), takeIn };
}
