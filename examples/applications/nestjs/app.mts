/**
 * A NestJS application: a module that holds the provider, and for each request the user's attributes as transaction context.
 *
 * Where the flags come from, FLAGD_* variables tell it. PORT is where it listens, by default any free port.
 */
import 'reflect-metadata';
import {
  Controller,
  Get,
  Inject,
  Module,
  type MiddlewareConsumer,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AsyncLocalStorageTransactionContextPropagator, OpenFeature, type Client } from '@openfeature/server-sdk';
import type { NextFunction, Request, Response } from 'express';
import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';

const FLAGS = Symbol('the OpenFeature client');

/** Made once, before the first request. */
async function connect(): Promise<Client> {
  OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
  await OpenFeature.setProviderAndWait(new GrpcSyncProvider()).catch((error: Error) => {
    // not the end: the defaults in the code serve until the first flags come
    console.error(`There are no flags yet: ${error.message}`);
  });
  return OpenFeature.getClient();
}

/** From here on, whatever this request calls is evaluated for its user. */
function asUser(request: Request, _response: Response, next: NextFunction): void {
  const user = { targetingKey: request.get('x-user') ?? 'anonymous', plan: request.get('x-plan') ?? 'free' };
  OpenFeature.setTransactionContext(user, () => next());
}

@Module({ providers: [{ provide: FLAGS, useFactory: connect }], exports: [FLAGS] })
class FlagsModule implements NestModule, OnApplicationShutdown {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(asUser).forRoutes('*path');
  }

  /** Runs when the requests that were under way have ended: nothing is left that keeps the process alive. */
  async onApplicationShutdown(): Promise<void> {
    await OpenFeature.close();
  }
}

/** Knows nothing of the user. */
@Controller()
class CheckoutController {
  constructor(@Inject(FLAGS) private readonly flags: Client) {}

  @Get('checkout')
  async checkout(): Promise<{ checkout: string }> {
    const isNew = await this.flags.getBooleanValue('new-checkout', false);
    return { checkout: isNew ? 'new' : 'old' };
  }
}

@Module({ imports: [FlagsModule], controllers: [CheckoutController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT ?? 0));
console.log(`Listening on ${await app.getUrl()}`);
