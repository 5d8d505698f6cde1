import { body } from "@livefloor/api";
import { Button, Field, Refusal } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { api, keeper } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

/** Exchange the code for a token that lives until somebody revokes it. */
async function pair(code: string): Promise<void> {
  const { device_token } = await body(api.http.POST("/api/display/pair", { body: { pair_code: code } }));
  const { user } = await body(api.http.GET("/api/auth/me", { headers: { Authorization: `Bearer ${device_token}` } }));
  keeper.write({ access_token: device_token, user, device: true });
}

export function PairForm() {
  const [code, setCode] = useState("");
  const [isShort, setIsShort] = useState(false);
  const pairing = useMutation({ mutationFn: pair });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setIsShort(code.length !== 6);
    if (code.length === 6 && !pairing.isPending) pairing.mutate(code);
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <div>
        <h1 className="text-2xl font-bold">{texts.display.pair}</h1>
        <p className="mt-1 text-muted">{texts.display.pairText}</p>
      </div>
      <Field
        label={texts.display.code}
        inputMode="numeric"
        autoComplete="off"
        autoFocus
        maxLength={6}
        value={code}
        error={isShort ? texts.display.needsCode : null}
        onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))}
      />
      <Refusal error={pairing.error} />
      <Button type="submit" busy={pairing.isPending && texts.display.pairing}>
        {texts.display.pair}
      </Button>
    </form>
  );
}
