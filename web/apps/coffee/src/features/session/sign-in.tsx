import { body, Problem } from "@livefloor/api";
import { Button, Field, Notice, Refusal, useNow } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { api, keeper } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

const TRY_LATER = new Set(["account_locked", "rate_limited"]);

interface Entry {
  readonly username: string;
  readonly password: string;
  readonly new_password?: string;
}

async function signIn(entry: Entry): Promise<void> {
  const { access_token, user } = await body(api.http.POST("/api/auth/login", { body: entry }));
  keeper.write({ access_token, user });
}

export function SignInForm() {
  const { session } = texts;
  const now = useNow();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [fresh, setFresh] = useState("");
  const [missing, setMissing] = useState<"name" | "password" | null>(null);
  const [failedAt, setFailedAt] = useState(0);
  const [asksNew, setAsksNew] = useState(false);
  const enter = useMutation({ mutationFn: signIn, onError: () => setFailedAt(now) });
  const problem = enter.error instanceof Problem ? enter.error : null;
  if (problem?.code === "password_change_required" && !asksNew) setAsksNew(true);
  const waits = problem !== null && TRY_LATER.has(problem.code) ? Math.max(0, Math.ceil((failedAt + (problem.retryAfter ?? 60) * 1000 - now) / 60_000)) : 0;

  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const gap = username.trim() === "" ? "name" : password === "" ? "password" : null;
    setMissing(gap);
    if (gap === null && !enter.isPending) enter.mutate({ username, password, ...(asksNew && fresh !== "" ? { new_password: fresh } : {}) });
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <div>
        <h1 className="text-2xl font-bold">{session.title}</h1>
        <p className="mt-1 text-muted">{session.text}</p>
      </div>
      <Field
        label={session.username}
        value={username}
        autoFocus
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={32}
        error={missing === "name" ? session.needsName : null}
        onChange={(event) => setUsername(event.target.value)}
      />
      <Field
        label={session.password}
        type="password"
        value={password}
        autoComplete="current-password"
        maxLength={128}
        error={missing === "password" ? session.needsPassword : null}
        onChange={(event) => setPassword(event.target.value)}
      />
      {asksNew && (
        <Field
          label={session.newPassword}
          hint={session.newPasswordHint}
          type="password"
          value={fresh}
          autoComplete="new-password"
          maxLength={128}
          error={problem?.fields.password ?? problem?.fields.new_password}
          onChange={(event) => setFresh(event.target.value)}
        />
      )}
      {waits > 0 && (
        <Notice tone="danger" role="alert">
          {session.locked(waits)}
        </Notice>
      )}
      {waits === 0 && problem?.code !== "password_change_required" && !(problem !== null && TRY_LATER.has(problem.code)) && <Refusal error={enter.error} />}
      <Button type="submit" busy={enter.isPending && session.submitting} disabled={waits > 0}>
        {session.submit}
      </Button>
    </form>
  );
}
