namespace Slipway.Contracts;

/// <content>Accounts, sessions, access tokens, collaborators, and what administrators do.</content>
public sealed partial class SlipwayClient
{
    /// <summary>Makes an account.</summary>
    public Task<Registered> Register(RegisterRequest request, CancellationToken cancel = default) => Post<Registered>("api/account/register", request, cancel);

    /// <summary>Confirms an address.</summary>
    public Task ConfirmEmail(ConfirmEmailRequest request, CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/confirm-email", request, cancel);

    /// <summary>Sends the confirmation again, if there is an account that waits for it.</summary>
    public Task ResendConfirmation(EmailRequest request, CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/resend-confirmation", request, cancel);

    /// <summary>Sends a link to choose a new password, if there is such an account.</summary>
    public Task ForgotPassword(EmailRequest request, CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/forgot-password", request, cancel);

    /// <summary>Chooses a new password with the code from such a link.</summary>
    public Task ResetPassword(ResetPasswordRequest request, CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/reset-password", request, cancel);

    /// <summary>Signs in.</summary>
    public Task<TokenResponse> Login(LoginRequest request, CancellationToken cancel = default) => Post<TokenResponse>("api/account/login", request, cancel);

    /// <summary>How people sign in here.</summary>
    public Task<SignInWays> SignInWays(CancellationToken cancel = default) => Get<SignInWays>("api/account/ways", cancel);

    /// <summary>Begins to sign in with the identity provider.</summary>
    public Task<ProviderSignInStart> StartProviderSignIn(CancellationToken cancel = default) => Post<ProviderSignInStart>("api/account/provider/start", null, cancel);

    /// <summary>Signs in with what the identity provider sent back.</summary>
    public Task<TokenResponse> FinishProviderSignIn(FinishProviderSignIn request, CancellationToken cancel = default) =>
        Post<TokenResponse>("api/account/provider/finish", request, cancel);

    /// <summary>Trades a refresh token for new tokens.</summary>
    public Task<TokenResponse> Refresh(RefreshRequest request, CancellationToken cancel = default) => Post<TokenResponse>("api/account/refresh", request, cancel);

    /// <summary>Ends the session that the access token belongs to.</summary>
    public Task Logout(CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/logout", null, cancel);

    /// <summary>Who is signed in.</summary>
    public Task<Me> Me(CancellationToken cancel = default) => Get<Me>("api/me", cancel);

    /// <summary>Changes the password; all other sessions end.</summary>
    public Task ChangePassword(ChangePasswordRequest request, CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/change-password", request, cancel);

    /// <summary>Deletes the own account. 409 while it is the only creator of a project, or the only administrator.</summary>
    public Task DeleteAccount(PasswordRequest request, CancellationToken cancel = default) => Send(HttpMethod.Post, "api/account/delete", request, cancel);

    /// <summary>The devices that are signed in, the newest first.</summary>
    public Task<Page<SessionView>> Sessions(CancellationToken cancel = default) => Get<Page<SessionView>>("api/account/sessions?limit=200", cancel);

    /// <summary>Signs a device out.</summary>
    public Task EndSession(Guid session, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"api/account/sessions/{session}", null, cancel);

    /// <summary>Begins to set two-factor up.</summary>
    public Task<TwoFactorSetup> SetUpTwoFactor(PasswordRequest request, CancellationToken cancel = default) =>
        Post<TwoFactorSetup>("api/account/two-factor/setup", request, cancel);

    /// <summary>Turns two-factor on.</summary>
    public Task<RecoveryCodes> EnableTwoFactor(EnableTwoFactor request, CancellationToken cancel = default) =>
        Post<RecoveryCodes>("api/account/two-factor/enable", request, cancel);

    /// <summary>Turns two-factor off.</summary>
    public Task DisableTwoFactor(PasswordRequest request, CancellationToken cancel = default) =>
        Send(HttpMethod.Post, "api/account/two-factor/disable", request, cancel);

    /// <summary>Makes new recovery codes; the old ones stop working.</summary>
    public Task<RecoveryCodes> NewRecoveryCodes(PasswordRequest request, CancellationToken cancel = default) =>
        Post<RecoveryCodes>("api/account/two-factor/recovery-codes", request, cancel);

    /// <summary>The user's access tokens; sorts by <c>createdAt</c> and <c>name</c>.</summary>
    public Task<Page<TokenView>> Tokens(PageQuery? query = null, CancellationToken cancel = default) => Get<Page<TokenView>>("api/account/tokens" + Query(query), cancel);

    /// <summary>Makes an access token.</summary>
    public Task<CreatedToken> CreateToken(CreateToken request, CancellationToken cancel = default) => Post<CreatedToken>("api/account/tokens", request, cancel);

    /// <summary>Revokes an access token.</summary>
    public Task RevokeToken(Guid token, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"api/account/tokens/{token}", null, cancel);

    /// <summary>Accepts an invitation and answers the project that it is to.</summary>
    public Task<ProjectView> AcceptInvitation(AcceptInvitation request, CancellationToken cancel = default) =>
        Post<ProjectView>("api/account/invitations/accept", request, cancel);

    /// <summary>Who is in a project or invited to it; sorts by <c>email</c> (default), <c>role</c> and <c>since</c>.</summary>
    public Task<Page<CollaboratorView>> Collaborators(string project, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<CollaboratorView>>($"{Path(project)}/collaborators{Query(query)}", cancel);

    /// <summary>Adds or invites somebody, or changes their role.</summary>
    public Task<CollaboratorView> PutCollaborator(string project, string email, PutCollaborator request, CancellationToken cancel = default) =>
        SendFor<CollaboratorView>(HttpMethod.Put, $"{Path(project)}/collaborators/{Uri.EscapeDataString(email)}", request, cancel);

    /// <summary>Removes somebody, or withdraws their invitation. 409 for the last creator.</summary>
    public Task RemoveCollaborator(string project, string email, CancellationToken cancel = default) =>
        Send(HttpMethod.Delete, $"{Path(project)}/collaborators/{Uri.EscapeDataString(email)}", null, cancel);

    /// <summary>Leaves a project. 409 for the last creator.</summary>
    public Task LeaveProject(string project, CancellationToken cancel = default) => Send(HttpMethod.Post, $"{Path(project)}/leave", null, cancel);

    /// <summary>The registries that a project is signed in to; sorts by <c>host</c> (default) and <c>changedAt</c>.</summary>
    public Task<Page<RegistryView>> Registries(string project, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<RegistryView>>($"{Path(project)}/registries{Query(query)}", cancel);

    /// <summary>Signs a project in to a registry.</summary>
    public Task<RegistryView> PutRegistry(string project, string host, PutRegistry request, CancellationToken cancel = default) =>
        SendFor<RegistryView>(HttpMethod.Put, $"{Path(project)}/registries/{Uri.EscapeDataString(host)}", request, cancel);

    /// <summary>Signs a project out of a registry; what runs goes on.</summary>
    public Task DeleteRegistry(string project, string host, CancellationToken cancel = default) =>
        Send(HttpMethod.Delete, $"{Path(project)}/registries/{Uri.EscapeDataString(host)}", null, cancel);

    /// <summary>Who did what in a project, the newest first.</summary>
    public Task<Page<AuditEntry>> Audit(string project, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<AuditEntry>>($"{Path(project)}/audit{Query(query)}", cancel);

    /// <summary>Who did what on the platform, the newest first.</summary>
    public Task<Page<AuditEntry>> AuditOfAll(PageQuery? query = null, CancellationToken cancel = default) => Get<Page<AuditEntry>>("api/admin/audit" + Query(query), cancel);

    /// <summary>All accounts; sorts by <c>email</c> (default) and <c>createdAt</c>.</summary>
    public Task<Page<UserView>> Users(PageQuery? query = null, CancellationToken cancel = default) => Get<Page<UserView>>("api/admin/users" + Query(query), cancel);

    /// <summary>Disables or enables an account, or changes whether it is an administrator's.</summary>
    public Task<UserView> PatchUser(Guid user, PatchUser patch, CancellationToken cancel = default) =>
        SendFor<UserView>(HttpMethod.Patch, $"api/admin/users/{user}", patch, cancel);

    /// <summary>All projects; sorts by <c>name</c> (default) and <c>createdAt</c>.</summary>
    public Task<Page<AdminProjectView>> AllProjects(PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<AdminProjectView>>("api/admin/projects" + Query(query), cancel);

    /// <summary>Sets a project's own limits, in place of those that it had.</summary>
    public Task<AdminProjectView> PutQuota(string project, ProjectQuota quota, CancellationToken cancel = default) =>
        SendFor<AdminProjectView>(HttpMethod.Put, $"api/admin/projects/{Uri.EscapeDataString(project)}/quota", quota, cancel);
}
