// Command interop is a relying party written with go-oidc. It takes its settings as JSON on the first line of standard
// input, prints one JSON object a line for each step, and reads the callback URL as the second line: the browser is the
// caller's.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type settings struct {
	Issuer                string `json:"issuer"`
	ClientID              string `json:"client_id"`
	ClientSecret          string `json:"client_secret"`
	RedirectURI           string `json:"redirect_uri"`
	PostLogoutRedirectURI string `json:"post_logout_redirect_uri"`
}

func fail(step string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", step, err)
	os.Exit(1)
}

func tell(what map[string]any) {
	line, err := json.Marshal(what)
	if err != nil {
		fail("tell", err)
	}
	fmt.Println(string(line))
}

func readLine(in *bufio.Reader) string {
	line, err := in.ReadString('\n')
	if err != nil {
		fail("standard input", err)
	}
	return line[:len(line)-1]
}

// claimsOf verifies the ID token of an answer: signature, issuer, audience, expiry, and the nonce where one was sent.
func claimsOf(ctx context.Context, verifier *oidc.IDTokenVerifier, token *oauth2.Token, nonce string) (string, map[string]any) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		fail("token", fmt.Errorf("no id_token"))
	}
	idToken, err := verifier.Verify(ctx, raw)
	if err != nil {
		fail("id_token", err)
	}
	if nonce != "" && idToken.Nonce != nonce {
		fail("id_token", fmt.Errorf("another nonce"))
	}
	claims := map[string]any{}
	if err := idToken.Claims(&claims); err != nil {
		fail("id_token", err)
	}
	return raw, claims
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	in := bufio.NewReader(os.Stdin)
	var s settings
	if err := json.Unmarshal([]byte(readLine(in)), &s); err != nil {
		fail("settings", err)
	}

	provider, err := oidc.NewProvider(ctx, s.Issuer)
	if err != nil {
		fail("discovery", err)
	}
	var metadata struct {
		EndSession string   `json:"end_session_endpoint"`
		Algs       []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := provider.Claims(&metadata); err != nil {
		fail("discovery", err)
	}
	config := oauth2.Config{
		ClientID:     s.ClientID,
		ClientSecret: s.ClientSecret,
		Endpoint:     provider.Endpoint(),
		RedirectURL:  s.RedirectURI,
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: s.ClientID, SupportedSigningAlgs: metadata.Algs})

	state, nonce, pkce := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	tell(map[string]any{"authorize": config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(pkce))})

	callback, err := url.Parse(readLine(in))
	if err != nil {
		fail("callback", err)
	}
	query := callback.Query()
	if query.Get("state") != state || query.Get("iss") != s.Issuer {
		fail("callback", fmt.Errorf("another state or issuer"))
	}
	token, err := config.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(pkce))
	if err != nil {
		fail("code", err)
	}
	raw, claims := claimsOf(ctx, verifier, token, nonce)
	tell(map[string]any{"id_token": claims})

	// It also checks that the subject is the same as the ID token's.
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		fail("userinfo", err)
	}
	person := map[string]any{}
	if err := info.Claims(&person); err != nil {
		fail("userinfo", err)
	}
	tell(map[string]any{"userinfo": person})

	stale := &oauth2.Token{RefreshToken: token.RefreshToken, Expiry: time.Now().Add(-time.Hour)}
	fresh, err := config.TokenSource(ctx, stale).Token()
	if err != nil {
		fail("refresh", err)
	}
	_, again := claimsOf(ctx, verifier, fresh, "")
	tell(map[string]any{"refresh": map[string]any{"sub": again["sub"], "changed": fresh.AccessToken != token.AccessToken}})

	logout := url.Values{
		"id_token_hint":            {raw},
		"post_logout_redirect_uri": {s.PostLogoutRedirectURI},
		"state":                    {state},
	}
	tell(map[string]any{"logout": metadata.EndSession + "?" + logout.Encode(), "state": state})
}
