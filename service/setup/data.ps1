# The folder of configuration, database and logs, and who may do what in it.

function Get-DataFolders([string]$dataDir) {
    return @(
        @{ path = $dataDir; isWritten = $false; text = 'the service reads' }
        @{ path = "$dataDir\state"; isWritten = $true; text = 'the service writes' }
        @{ path = "$dataDir\logs"; isWritten = $true; text = 'the service writes' }
        @{ path = "$dataDir\secrets"; isWritten = $false; text = 'for files with passwords; the service reads' }
    )
}

# Anybody may make folders in ProgramData. One that somebody else made could hold a configuration of theirs, or lead
# elsewhere. Returns what is wrong with it; nothing when it can be used.
function Find-Stranger($plan) {
    foreach ($path in @(Get-DataFolders $plan.dataDir | ForEach-Object { $_.path }) + "$($plan.dataDir)\agent.yml") {
        if (-not (Test-Path -LiteralPath $path)) { continue }
        if (Test-Link $path) { return "$path is a link" }
        $owner = Read-Owner $path
        if (($TrustedOwners + $plan.serviceSid + $plan.machine.userSid) -notcontains $owner) {
            return "$path belongs to $owner, who is neither SYSTEM nor Administrators, nor you"
        }
    }
    return ''
}

function Install-DataFolders($plan) {
    if ($plan.stranger -ne '') {
        $aside = "$($plan.dataDir).aside"
        for ($number = 2; Test-Path -LiteralPath $aside; $number++) { $aside = "$($plan.dataDir).aside$number" }
        Invoke-Change 'update' "$($plan.dataDir): put aside as $aside, for $($plan.stranger)" {
            Rename-Folder $plan.dataDir $aside
            Add-Undo "$($plan.dataDir) as it was" { param($names) Rename-Folder $names[0] $names[1] } @($aside, $plan.dataDir)
        }
    }
    foreach ($folder in (Get-DataFolders $plan.dataDir)) { Install-DataFolder $plan $folder }
}

function Install-DataFolder($plan, $folder) {
    $path = $folder.path
    $sddl = Get-DataSddl $plan.serviceSid $folder.isWritten
    # With -WhatIf a folder that would be put aside is still there.
    $isThere = (Test-Path -LiteralPath $path) -and $plan.stranger -eq ''
    $isRight = $isThere -and (Test-SameSddl (Read-Sddl $path) $sddl)
    Set-Right $isThere $isRight "folder ${path}: $($folder.text)" {
        if ($isThere) { Write-Sddl $path $sddl }
        else {
            New-Folder $path $sddl
            # What a failed service wrote into its logs says why it failed.
            Add-Undo "folder $path removed" {
                param($made)
                if (@(Get-ChildItem -LiteralPath $made -Force -Name).Count -gt 0) { return "$made, with what is in it" }
                Remove-Tree $made
            } $path
        }
        if (-not (Test-SameSddl (Read-Sddl $path) $sddl)) { Stop-Failed "$path did not take its permissions: $(Read-Sddl $path)" }
    }
}

# --------------------------------------------------------------------------------------------------- configuration

# Asks the agent of the package, which is the one that will read it. Returns what it printed.
function Invoke-Agent($plan, [string[]]$arguments) {
    return Invoke-Program "$($plan.package.folder)\node.exe" (@("$($plan.package.folder)\checkpoint-agent.mjs") + $arguments) 60
}

# What a program printed, without the depths of a stack.
function Format-Printed([string]$text) {
    $lines = @($text.Split("`n") | ForEach-Object { $_.TrimEnd() } | Where-Object { $_ -ne '' -and $_ -notmatch '^\s+at ' })
    return ($lines | Select-Object -First 20) -join "`r`n"
}

# A policy may keep it from running; better known now than after everything else was done.
function Test-Agent($plan) {
    try { $said = Invoke-Agent $plan @('version') }
    catch { Stop-Refused "$($plan.package.folder)\node.exe cannot be run: $($_.Exception.Message)" }
    if ($said.code -ne 0) { Stop-Refused "the agent of the package does not run: $(Format-Printed $said.errors)" }
}

# Where the agent will listen, by the configuration it will have. Refused when it cannot use that.
function Read-PlannedListen($plan) {
    $source = $plan.configSource
    if ($null -eq $source) { return @{ address = $plan.listenAddress; port = $plan.listenPort } }
    $shown = Invoke-Agent $plan @('config', 'show', '--config', $source)
    if ($shown.code -ne 0) {
        Stop-Refused "version $($plan.package.version) cannot use the configuration ${source}:`r`n$(Format-Printed $shown.errors)"
    }
    $listen = Read-Listen $shown.out
    if ($null -eq $listen) { Stop-Refused "the agent did not say where it listens by the configuration $source" }
    return $listen
}

function Install-Config($plan) {
    $path = "$($plan.dataDir)\agent.yml"
    if ($plan.configSource -eq $path) {
        Write-Step 'kept' "$path, which listens at $(Format-Listen $plan.listen.address $plan.listen.port)"
        return
    }
    $from = 'a starting point, all of it commented'
    if ($null -ne $plan.configSource) { $from = "from $($plan.configSource)" }
    Invoke-Change 'create' "$path, $from; it listens at $(Format-Listen $plan.listen.address $plan.listen.port)" {
        Add-Undo "$path removed" { param($made) if (Test-Path -LiteralPath $made) { Remove-Item -LiteralPath $made } } $path
        if ($null -ne $plan.configSource) {
            Copy-Item -LiteralPath $plan.configSource -Destination $path
            # Files it names may be written relative to where it came from.
            $shown = Invoke-Agent $plan @('config', 'show', '--config', $path)
            if ($shown.code -ne 0) { Stop-Failed "it cannot be used from ${path}:`r`n$(Format-Printed $shown.errors)" }
        }
        else { Set-Content -LiteralPath $path -Value (Get-StarterConfig $plan) -Encoding Ascii -NoNewline }
    }
}

# What "config init" writes, with the address if one was given.
function Get-StarterConfig($plan) {
    $made = Invoke-Agent $plan @('config', 'init', '--stdout')
    if ($made.code -ne 0) { Stop-Failed "the agent made no configuration: $(Format-Printed $made.errors)" }
    if (-not $plan.isListenGiven) { return $made.out }
    $line = "web: { listen: $(Format-Listen $plan.listenAddress $plan.listenPort) }"
    return [regex]::Replace($made.out, '(?m)^#?web:.*$', $line)
}
