# The service: made, changed, started, stopped and deleted through sc.exe, since New-Service cannot set all of it.

$ServicesKey = 'SYSTEM\CurrentControlSet\Services'
$StopLimitSeconds = 60
$ReadyLimitSeconds = 60
# Restart after 5 s, 30 s and 300 s; a day without failure begins anew.
$RestartDelaysMs = 5000, 30000, 300000
$FailureResetSeconds = 86400
# Windows gives ten seconds at its own shutdown; the agent may have a mail to finish, and is ended after 20 s.
$PreshutdownMs = 30000

$ScErrors = @{
    5    = 'access denied'
    1053 = 'the service did not answer in time'
    1055 = 'the service database is locked'
    1057 = 'the account does not exist, or cannot be used for a service'
    1058 = 'the service is disabled'
    1069 = 'the account could not log on: it needs the right "Log on as a service" (Group Policy may take it away from NT SERVICE\ALL SERVICES), and this machine must be allowed to use a group managed service account (Test-ADServiceAccount)'
    1072 = 'the service is marked for deletion: close services.msc, Task Manager and other programs that show services, or restart Windows, then run this again'
    1073 = 'there is such a service already'
    1078 = 'another service has that display name'
}

# What the service control manager has written down; $null when there is no such service.
function Read-Service([string]$name) {
    $values = Read-RegistryKey "$ServicesKey\$name"
    if ($null -eq $values -or -not $values.ContainsKey('ImagePath')) { return $null }
    return @{
        imagePath   = [string]$values['ImagePath']
        account     = [string]$values['ObjectName']
        isDisabled  = [int]$values['Start'] -eq 4
        isLeaving   = [int]$values['DeleteFlag'] -eq 1
        displayName = [string]$values['DisplayName']
        description = [string]$values['Description']
        recovery    = $values['FailureActions']
        onErrors    = [int]$values['FailureActionsOnNonCrashFailures'] -eq 1
        sidType     = [int]$values['ServiceSidType']
        preshutdown = $values['PreshutdownTimeout']
    }
}

function Get-DisplayName([string]$service) {
    if ($service -eq $AgentName) { return 'Hyper-V Checkpoint Agent' }
    return "Hyper-V Checkpoint Agent ($service)"
}

function Get-Description {
    return 'Finds forgotten Hyper-V checkpoints and growing AVHDX files, and tells Prometheus, mail and Nagios. It only reads.'
}

# The only place where sc.exe is run. $alsoFine lists codes that are no failure.
function Invoke-Sc([string[]]$arguments, [int[]]$alsoFine = @()) {
    $code = (Invoke-Program "$env:SystemRoot\System32\sc.exe" $arguments 120).code
    if ($code -eq 0 -or $alsoFine -contains $code) { return }
    $why = "code $code"
    if ($ScErrors.ContainsKey($code)) { $why = "$($ScErrors[$code]) (code $code)" }
    Stop-Failed "sc.exe $($arguments[0]) $($arguments[1]): $why"
}

function Install-Service($plan) {
    $name = $plan.service
    $old = $plan.existing
    $imagePath = Get-ImagePath $name $plan.installDir $plan.dataDir
    $text = "service $name as $($plan.account.name), delayed automatic start"
    if ($null -eq $old) {
        Invoke-Change 'create' $text {
            $own = 'type=', 'own', 'start=', 'delayed-auto', 'error=', 'normal'
            Invoke-Sc (@('create', $name) + $own + @('binPath=', $imagePath, 'DisplayName=', (Get-DisplayName $name), 'obj=', $plan.account.name))
            Add-Undo "service $name deleted" { param($service) Invoke-Sc 'delete', $service } $name
            Invoke-Sc 'description', $name, (Get-Description)
            # Windows itself then looks up the password of a group managed service account.
            if ($plan.account.kind -eq 'gmsa') { Invoke-Sc 'managedaccount', $name, 'TRUE' }
        }
    }
    else { Update-Service $plan $old $imagePath }
    Set-ServiceDetails $name $old
}

# Whether it has to be stopped for what Install-Service will do.
function Test-ServiceChange($plan) {
    $imagePath = Get-ImagePath $plan.service $plan.installDir $plan.dataDir
    return $plan.existing.imagePath -ne $imagePath -or $plan.existing.account -ne $plan.account.name
}

# How it starts is left as it is: somebody may have disabled it for a reason. So is an account that stays: with obj= Windows
# would take its password for an empty one.
function Update-Service($plan, $old, [string]$imagePath) {
    $name = $plan.service
    Set-Right $true (-not (Test-ServiceChange $plan)) "service $name as $($plan.account.name)" {
        $before = @('config', $name)
        $after = @('config', $name)
        if ($old.imagePath -ne $imagePath) {
            $before += 'binPath=', $old.imagePath
            $after += 'binPath=', $imagePath
        }
        $isMoved = $old.account -ne $plan.account.name
        if ($isMoved) {
            $before += 'obj=', $old.account
            $after += 'obj=', $plan.account.name
        }
        Invoke-Sc $after
        Add-Undo "service $name as $($old.account)" { param($arguments) Invoke-Sc $arguments } $before
        if ($isMoved) { Set-ManagedAccount $name (Get-AccountKind $old.account $name) $plan.account.kind }
    }
}

# Whether Windows itself looks up the password. Left on, services.msc lets nobody choose another account.
function Set-ManagedAccount([string]$name, [string]$oldKind, [string]$newKind) {
    if ($oldKind -eq $newKind -or 'gmsa' -notin $oldKind, $newKind) { return }
    $words = @{ $true = 'TRUE'; $false = 'FALSE' }
    Invoke-Sc 'managedaccount', $name, $words[$newKind -eq 'gmsa']
    Add-Undo "service $name with the password it had" { param($arguments) Invoke-Sc $arguments } @('managedaccount', $name, $words[$oldKind -eq 'gmsa'])
}

function Set-ServiceDetails([string]$name, $old) {
    $isThere = $null -ne $old
    if ($isThere -and $old.description -ne (Get-Description)) {
        Invoke-Change 'update' 'description of the service' { Invoke-Sc 'description', $name, (Get-Description) }
    }
    # The permissions of the data folder name this SID, whatever the account is.
    $isUnrestricted = $isThere -and $old.sidType -eq 1
    Set-Right $isThere $isUnrestricted "service SID $(Get-ServiceSid $name), whatever the account" { Invoke-Sc 'sidtype', $name, 'unrestricted' }
    Set-Recovery $name $old
    $hasTime = $isThere -and $null -ne $old.preshutdown
    Set-Right $false $hasTime "$($PreshutdownMs / 1000) s to stop when Windows shuts down, from its next start on" {
        Write-RegistryValue "$ServicesKey\$name" 'PreshutdownTimeout' 'DWord' $PreshutdownMs
    }
}

# Somebody may want their own recovery; it is set where there is none.
function Set-Recovery([string]$name, $old) {
    $actions = ($RestartDelaysMs | ForEach-Object { "restart/$_" }) -join '/'
    $delays = ($RestartDelaysMs | ForEach-Object { "$($_ / 1000) s" }) -join ', '
    $text = "recovery: restart after $delays, also when it stops with an error"
    if ($null -ne $old -and $null -ne $old.recovery -and -not (Test-Recovery $old)) {
        Write-Step 'kept' 'recovery, as somebody has set it'
        return
    }
    $isRight = $null -ne $old -and (Test-Recovery $old)
    Set-Right $false $isRight $text {
        Invoke-Sc 'failure', $name, 'reset=', "$FailureResetSeconds", 'actions=', $actions
        Invoke-Sc 'failureflag', $name, '1'
    }
}

# SERVICE_FAILURE_ACTIONS as it is stored: period, two unused, number of actions, unused, then type and delay of each.
function Test-Recovery($service) {
    $bytes = [byte[]]$service.recovery
    if (-not $service.onErrors -or $null -eq $bytes -or $bytes.Length -lt 20 + 8 * $RestartDelaysMs.Length) { return $false }
    $stored = @(for ($at = 0; $at + 4 -le $bytes.Length; $at += 4) { [BitConverter]::ToUInt32($bytes, $at) })
    $wanted = @(foreach ($delay in $RestartDelaysMs) { 1; $delay })
    return $stored[0] -eq $FailureResetSeconds -and $stored[3] -eq $RestartDelaysMs.Length -and
    ($stored[5..(4 + $wanted.Length)] -join ' ') -eq ($wanted -join ' ')
}

# Waits until a block says yes. Returns whether it did within the time.
function Wait-Until([int]$limitSeconds, [scriptblock]$isSo) {
    $end = (Get-Second) + $limitSeconds
    while (-not (& $isSo)) {
        if ((Get-Second) -ge $end) { return $false }
        Start-Sleep -Seconds 1
    }
    return $true
}

# On its way up it takes no request, so that this comes first. 1062: not started. 1061 and 1052: on its way down; the wait
# tells.
function Stop-Agent([string]$name) {
    $null = Wait-Until $ReadyLimitSeconds { (Read-ServiceStatus $name) -ne 'StartPending' }
    if ((Read-ServiceStatus $name) -in 'Stopped', 'Missing') { return }
    Invoke-Sc 'stop', $name 1062, 1061, 1052
    $isStopped = Wait-Until $StopLimitSeconds { (Read-ServiceStatus $name) -in 'Stopped', 'Missing' }
    if (-not $isStopped) { Stop-Failed "the service $name did not stop within $StopLimitSeconds s" }
}

# 1056: running already.
function Start-Agent([string]$name, [string]$url) {
    Invoke-Sc 'start', $name 1056
    $isReady = Wait-Until $ReadyLimitSeconds { (Read-ServiceStatus $name) -eq 'Running' -and (Test-Healthy $url) }
    if (-not $isReady) {
        $status = Read-ServiceStatus $name
        Stop-Failed "the service $name did not answer at $url within $ReadyLimitSeconds s after its start, and is $status; its logs say why"
    }
}
